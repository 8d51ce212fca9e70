/** Disposal vendors: what they are certified for, where they work, and who gets material from them. */
import { z } from 'zod';
import { keepDocument } from '../../store/documents.ts';
import { derivedId, newId } from '../../store/ids.ts';
import type { Reader } from '../../store/database.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { inTransaction } from '../../store/transactions.ts';
import {
  certificationsOf,
  facilitiesOf,
  recordCertification,
  recordFacility,
  standingOn,
} from '../../store/vendor-standing.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Line } from '../shapes/common.ts';

const OneVendor = z.strictObject({
  connector: Line(64).meta({ description: 'A disposal vendor of the configuration.' }),
});
const Country = z.string().regex(/^[A-Z]{2}$/u, 'ISO 3166-1 alpha-2');
const Downstream = z.strictObject({ name: Line(200), country: Country, purpose: Line(200) });

const VendorView = z
  .object({
    connector: z.string(),
    certifications: z.array(
      z.object({
        id: z.string(),
        scheme: z.string(),
        number: z.string(),
        validFrom: z.string(),
        validUntil: z.string(),
        documentDigest: z.string(),
      }),
    ),
    lapsed: z
      .array(z.string())
      .meta({ description: 'Wanted by the policy, or held before, and not valid today.' }),
    facilities: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        address: z.string(),
        country: z.string(),
        downstream: z.array(Downstream),
      }),
    ),
  })
  .meta({ title: 'A disposal vendor' });

const readRoute = route({
  method: 'get',
  path: '/vendors/:connector',
  action: 'vendors.read',
  summary: 'A disposal vendor: certifications with their validity, facilities, downstream parties',
  params: OneVendor,
  answer: VendorView,
  problems: ['not-found'],
  handle: (deps, { params, now }) =>
    snapshot(deps.db, async (tx) => ok(await vendorView(deps, tx, params.connector, now))),
});

const certificationRoute = route({
  method: 'post',
  path: '/vendors/:connector/certifications',
  action: 'vendors.record',
  summary: 'Records a certification of a disposal vendor, with a copy of its document',
  params: OneVendor,
  body: z
    .strictObject({
      scheme: Line(64).meta({ description: 'Such as R2v3, NAID AAA or e-Stewards, as the policy names it.' }),
      number: Line(100),
      validFrom: z.iso.date(),
      validUntil: z.iso.date(),
      contentType: Line(100),
      document: z.base64().min(4).max(200_000),
    })
    .refine((body) => body.validFrom <= body.validUntil, {
      path: ['validUntil'],
      message: 'before it begins',
    }),
  answer: VendorView,
  statuses: [201],
  problems: ['not-found'],
  takesKey: true,
  handle: (deps, { params: { connector }, body, actor, idempotencyKey, now }) =>
    inTransaction(deps.db, async (tx) => {
      mustBeVendor(deps, connector);
      const { document, contentType, ...rest } = body;
      const documentDigest = await keepDocument(tx, Buffer.from(document, 'base64'), contentType);
      const id =
        idempotencyKey === null
          ? newId('certification')
          : derivedId('certification', `${connector}:${actor}:${idempotencyKey}`);
      await recordCertification(tx, { id, connector, documentDigest, ...rest }, actor, now);
      return { status: 201, body: await vendorView(deps, tx, connector, now) };
    }),
});

const facilityRoute = route({
  method: 'post',
  path: '/vendors/:connector/facilities',
  action: 'vendors.record',
  summary: 'Records a facility with its address and downstream parties; the latest is where units go',
  params: OneVendor,
  body: z.strictObject({
    name: Line(200),
    address: Line(500),
    country: Country,
    downstream: z.array(Downstream).max(100).default([]),
  }),
  answer: VendorView,
  statuses: [201],
  problems: ['not-found'],
  takesKey: true,
  handle: (deps, { params: { connector }, body, actor, idempotencyKey, now }) =>
    inTransaction(deps.db, async (tx) => {
      mustBeVendor(deps, connector);
      const id =
        idempotencyKey === null
          ? newId('facility')
          : derivedId('facility', `${connector}:${actor}:${idempotencyKey}`);
      await recordFacility(tx, { id, connector, ...body }, actor, now);
      return { status: 201, body: await vendorView(deps, tx, connector, now) };
    }),
});

function mustBeVendor({ connectors }: ApiDeps, connector: string): void {
  if (!connectors.some((one) => one.port === 'disposition' && one.name === connector))
    throw new Problem('not-found');
}

async function vendorView(deps: ApiDeps, db: Reader, connector: string, now: Date) {
  mustBeVendor(deps, connector);
  const certifications = await certificationsOf(db, connector);
  const day = now.toISOString().slice(0, 10);
  const { lapsed } = standingOn(certifications, day, deps.policy.handoff.certifications?.required ?? []);
  const facilities = await facilitiesOf(db, connector);
  return {
    connector,
    certifications: certifications.map(({ connector: _of, ...one }) => one),
    lapsed,
    facilities: facilities.map(({ connector: _of, ...one }) => one),
  };
}

export const VENDOR_ROUTES = [readRoute, certificationRoute, facilityRoute];
