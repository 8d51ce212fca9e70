/** People: personal data, for those whose work needs it. Nothing of it is logged, and no query string ever is. */
import { z } from 'zod';
import { importPeople, setAddress } from '../../store/people-import.ts';
import { accountsOf, latestErasure, listPeople, readPerson } from '../../store/read/people.ts';
import type { PersonRow } from '../../store/read/people.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { inTransaction } from '../../store/transactions.ts';

const Address = z.strictObject({
  street1: Line(200),
  city: Line(100),
  zip: Line(20),
  country: z.string().regex(/^[A-Z]{2}$/u, 'two capital letters (ISO 3166-1)'),
  state: Line(100).optional(),
});

function stored({ state, ...rest }: z.output<typeof Address>) {
  return state === undefined ? rest : { ...rest, state };
}

const Person = z
  .object({
    id: z.string(),
    displayName: z.string().nullable(),
    workEmail: z.string().nullable(),
    employeeNumber: z.string().nullable(),
    country: z.string().nullable(),
    timeZone: z.string().nullable(),
    hasAddress: z.boolean(),
    hasPrivateEmail: z.boolean(),
    noContact: z.boolean(),
    group: z.string().nullable(),
    managerId: z.string().nullable(),
    erasedAt: Instant.nullable().meta({ description: 'An erased person: nothing else is known.' }),
  })
  .meta({ title: 'A person' });

function personView(row: PersonRow) {
  const { id, displayName, workEmail, employeeNumber, country, timeZone, noContact, group, managerId } = row;
  return {
    id,
    displayName,
    workEmail,
    employeeNumber,
    country,
    timeZone,
    hasAddress: row.address !== null,
    hasPrivateEmail: row.privateEmail !== null,
    noContact,
    group,
    managerId,
    erasedAt: row.erasedAt,
  };
}

const listRoute = route({
  method: 'get',
  path: '/people',
  action: 'people.read',
  summary: 'People by part of a name or e-mail address, or by employee number',
  query: z.strictObject({ ...PageQuery, search: Line(128).optional() }),
  answer: pageOf(Person),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const rows = await listPeople(
      db,
      query.search ?? null,
      readCursor(Id('person'), query.cursor),
      query.limit + 1,
    );
    return ok(toPage(rows, query.limit, personView, (row) => row.id));
  },
});

const addressRoute = route({
  method: 'put',
  path: '/people/:id/address',
  action: 'people.write',
  summary: 'Where the return label of a person starts',
  params: z.strictObject({ id: Id('person') }),
  body: Address,
  answer: z.object({ personId: z.string(), hasAddress: z.literal(true) }),
  problems: ['not-found'],
  async handle({ db }, { params, body }) {
    const found = await inTransaction(db, (tx) => setAddress(tx, params.id, stored(body)));
    if (!found) throw new Problem('not-found');
    return ok({ personId: params.id, hasAddress: true as const });
  },
});

const Imported = z
  .strictObject({
    employeeNumber: Line(128).optional(),
    workEmail: Line(254).optional(),
    displayName: Line(200).optional(),
    country: Line(100).optional(),
    timeZone: Line(64).optional(),
    address: Address.optional(),
    privateEmail: z
      .email()
      .max(254)
      .optional()
      .meta({ description: 'Where they can be written to once they have left.' }),
    noContact: z
      .boolean()
      .optional()
      .meta({ description: 'Nobody writes to them any more, as after a death in service.' }),
    group: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/u)
      .optional()
      .meta({ description: 'Group of people that `people.modes` and `policy.wipe.timing` are about.' }),
    managerEmployeeNumber: Line(128).optional(),
  })
  .refine(
    (person) => person.employeeNumber !== undefined || person.workEmail !== undefined,
    'employeeNumber or workEmail is needed',
  );

const importRoute = route({
  method: 'post',
  path: '/people/import',
  action: 'people.write',
  summary: 'Adds to what is known of people, by employee number or work e-mail; unknown ones are remembered',
  body: z.array(Imported).min(1).max(1_000),
  answer: z.object({
    people: z.array(
      z.object({
        index: z.int(),
        outcome: z.enum(['created', 'updated', 'ambiguous', 'erased']),
        personId: z.string().nullable(),
      }),
    ),
  }),
  async handle({ db }, { body }) {
    const people = body.map(
      ({
        employeeNumber = null,
        workEmail = null,
        displayName = null,
        country = null,
        timeZone = null,
        address,
        privateEmail = null,
        noContact = null,
        group = null,
        managerEmployeeNumber = null,
      }) => ({
        employeeNumber,
        workEmail,
        displayName,
        country,
        timeZone,
        address: address === undefined ? null : stored(address),
        privateEmail,
        noContact,
        group,
        managerEmployeeNumber,
      }),
    );
    const outcomes = await inTransaction(db, (tx) => importPeople(tx, people));
    return ok({ people: outcomes.map((outcome, index) => ({ index, ...outcome })) });
  },
});

const ErasureShape = z
  .object({
    state: z.enum(['approved', 'done', 'refused']),
    approvedAt: Instant,
    finishedAt: Instant.nullable(),
    why: z.string().nullable().meta({ description: 'What it waits for, or was refused for.' }),
    decisionId: z.string(),
  })
  .meta({ title: 'An erasure that two people decided' });

const showRoute = route({
  method: 'get',
  path: '/people/:id',
  action: 'people.show',
  summary: 'A person, their accounts, and how far their erasure is',
  params: z.strictObject({ id: Id('person') }),
  answer: Person.extend({
    accounts: z.array(
      z.object({ connector: z.string(), externalId: z.string(), state: z.string().nullable() }),
    ),
    erasure: ErasureShape.nullable(),
  }),
  problems: ['not-found'],
  async handle({ db }, { params }) {
    const row = await readPerson(db, params.id);
    if (row === null) throw new Problem('not-found');
    const [accounts, erasure] = await Promise.all([accountsOf(db, params.id), latestErasure(db, params.id)]);
    return ok({ ...personView(row), accounts: [...accounts], erasure });
  },
});

export const PEOPLE_ROUTES = [listRoute, showRoute, addressRoute, importRoute];
