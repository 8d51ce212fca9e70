/** Leavers: seeded into the sandbox, offboarded by hand, and how far they have come. */
import { createConnectors } from '../../../src/adapters/connector-kinds.ts';
import type { CaseTerms } from '../../../src/store/cases.ts';
import { openOrMoveCase } from '../../../src/store/cases.ts';
import { linkPerson } from '../../../src/store/people.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { configuredSources } from '../../../src/worker/main.ts';
import { eventually } from './eventually.ts';
import type { Engine } from './start-engine.ts';
import { writeValues } from '../../../src/store/personal/values.ts';

/** A device in the seed; the defaults are a corporate Windows laptop that every source knows. */
export type SeedDevice = Readonly<Record<string, unknown>> & { readonly key: string };

export interface SeedPerson {
  readonly key: string;
  /** Sandbox instances with an account; default both directories. */
  readonly identity?: readonly string[];
  readonly devices?: readonly SeedDevice[];
}

/** Names that the seed uses and that no history, log or id may show. */
export const SEED_NAMES = { givenName: 'Seraphina', familyName: 'Quillfeather', mailDomain: 'quill.example' };

export function employeeNumber(key: string): string {
  return `E-${key}`;
}

/** Seeds people with their devices, in one call. */
export async function seed(engine: Engine, people: readonly SeedPerson[]): Promise<void> {
  await engine.control.post('/company', {
    people: people.map(({ key, identity = ['okta', 'graph'] }) => ({
      key,
      givenName: SEED_NAMES.givenName,
      familyName: `${SEED_NAMES.familyName} ${key}`,
      workEmail: `${key}@${SEED_NAMES.mailDomain}`,
      externalId: employeeNumber(key),
      identity,
    })),
    devices: people.flatMap(({ key, devices = [{ key: `${key}-laptop` }] }) =>
      devices.map((device) => ({
        serial: `PF0${device.key.toUpperCase().replaceAll(/[^A-Z0-9]/gu, '')}`,
        manufacturer: 'LENOVO',
        model: 'ThinkPad X1',
        platform: 'windows',
        assignedTo: key,
        mdm: 'graph',
        oktaRegistered: true,
        inventory: true,
        ...device,
      })),
    ),
  });
}

/** What the engine's configuration opens cases under. */
export async function termsOf(engine: Engine): Promise<CaseTerms> {
  const connectors = createConnectors(engine.config.connectors);
  await inForce(engine.db, engine.config.policy);
  return { sources: configuredSources(connectors) };
}

export interface OpenedCase {
  readonly caseId: string;
  readonly personId: string;
}

export interface Leaving {
  readonly effectiveAt?: Date;
  readonly source?: string;
  readonly eventKey?: string;
}

/** Links the person and opens their case (or moves it), in the way the API does for an operator. */
export async function openCaseOf(engine: Engine, key: string, leaving: Leaving = {}): Promise<OpenedCase> {
  const { effectiveAt = new Date(), source = 'token:test', eventKey = `${key}-1` } = leaving;
  const terms = await termsOf(engine);
  const connectors = createConnectors(engine.config.connectors);
  for (const { name, port } of connectors.identity.values()) {
    const [account] = await port.findPersons({ employeeNumber: employeeNumber(key), workEmail: null });
    if (account === undefined) continue;
    return engine.db.transaction().execute(async (tx) => {
      const link = { connector: name, externalId: account.externalId, state: account.state, leaveAt: null };
      const personId = await linkPerson(tx, link, { ...account, timeZone: null }, ['employeeNumber']);
      if (typeof personId !== 'string') throw new Error(`${key} is ambiguous`);
      const address = { street1: '1 Home Street', city: 'Berlin', zip: '10117', country: 'DE' };
      await writeValues(tx, personId, { address });
      const leave = { personId, source, eventKey, effectiveAt, late: false };
      const { caseId } = await openOrMoveCase(tx, leave, terms, new Date());
      return { caseId, personId };
    });
  }
  throw new Error(`no directory knows ${key}`);
}

/** The case's row. */
export function caseRow(engine: Engine, caseId: string) {
  return engine.db.selectFrom('cases').selectAll().where('id', '=', caseId).executeTakeFirstOrThrow();
}

/** The case's custodies, in the order of their serials. */
export function custodiesOf(engine: Engine, caseId: string) {
  return engine.db
    .selectFrom('custodies')
    .innerJoin('devices', 'devices.id', 'custodies.device_id')
    .selectAll('custodies')
    .select('devices.serial')
    .where('custodies.case_id', '=', caseId)
    .orderBy('devices.serial')
    .execute();
}

export type Custody = Awaited<ReturnType<typeof custodiesOf>>[number];

/** Polls until a custody of the case stands as wanted, and returns it. */
export function custodyWhere(
  engine: Engine,
  caseId: string,
  what: string,
  wanted: (custody: Custody) => boolean,
): Promise<Custody> {
  return eventually(what, async () => (await custodiesOf(engine, caseId)).find(wanted));
}

export function wiped(engine: Engine, caseId: string): Promise<Custody> {
  return custodyWhere(
    engine,
    caseId,
    'the wipe gate',
    (custody) => custody.gates['wipe']?.state === 'satisfied',
  );
}

export interface Effect {
  readonly kind: string;
  readonly target: string;
  readonly key: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What a vendor was asked for, by the sandbox's own count. `target` is a seed's key or the vendor's id. */
export async function effectsOf(engine: Engine, kind: string, target?: string): Promise<readonly Effect[]> {
  const filter = target === undefined ? '' : `&target=${target}`;
  const { effects } = await engine.control.get<{ effects: readonly Effect[] }>(
    `/effects?kind=${kind}${filter}`,
  );
  return effects;
}

/** Facts of a stream, or of all streams, in their order. */
export async function factsOf(engine: Engine, stream?: string) {
  const rows = await engine.db
    .selectFrom('facts')
    .select(['stream', 'type', 'key', 'canonical'])
    .$if(stream !== undefined, (query) => query.where('stream', '=', stream ?? ''))
    .orderBy('id')
    .execute();
  return rows.map(({ canonical, ...row }) => ({
    ...row,
    data: (JSON.parse(canonical) as { data: Record<string, unknown> }).data,
  }));
}

/** Open exceptions of a case, by code. */
export async function openExceptions(engine: Engine, caseId: string): Promise<readonly string[]> {
  const rows = await engine.db
    .selectFrom('exceptions')
    .select('code')
    .where('case_id', '=', caseId)
    .where('resolved_at', 'is', null)
    .orderBy('code')
    .execute();
  return rows.map(({ code }) => code);
}
