/** Asking the sources: each answers fully, or the asking goes on. Answers, empty ones too, are facts. */
import type { IdentityProvider } from '../adapters/identity/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { CaseState } from '../domain/case-state.ts';
import { caseStream } from '../domain/fact.ts';
import type { FactData } from '../domain/fact-types.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import { serialsToLookUp } from '../domain/rules/discovery.ts';
import { wakeCase } from '../store/cases.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import { readIdentity } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import { loadCase } from '../store/rule-facts.ts';
import { readStream } from '../store/streams.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { accountsAt, keysOf } from './person-accounts.ts';
import { raiseOnCase } from './raise.ts';
import { recordOnce } from './record-once.ts';
import { inTransaction } from '../store/transactions.ts';

export interface SourceQuestion {
  readonly caseId: string;
  readonly generation: number;
  readonly connector: string;
}

type Answer = Omit<FactData['source.answered'], 'generation' | 'connector' | 'askedAt'>;

/**
 * Asks one source for everything it ties to the leaver, and records the answer once. While the source does not answer, the
 * first failure is recorded (since when, and how) and Temporal tries again for as long as it takes: a source that is down
 * keeps discovery open and never counts as empty.
 */
export async function askSource(context: EngineContext, question: SourceQuestion): Promise<void> {
  const { caseId, generation, connector } = question;
  const state = await loadCase(context.db, caseId, generation);
  if (state.answers.has(connector) || state.cancelled !== null) return;
  const person = await readIdentity(context.db, leaverOf(state.opened.data));
  const askedAt = context.clock().toISOString();
  try {
    const answer = await ask(context, connector, person);
    await record(context, question, { generation, connector, askedAt, ...answer });
  } catch (error) {
    await recordSilence(context, question, error);
    await raiseFinal(context, state, error);
    throw tryAgain(context, error);
  }
  context.crash('source-answered');
}

async function ask(context: EngineContext, connector: string, person: PersonIdentity): Promise<Answer> {
  const { identity, devices, inventory } = context.connectors;
  const provider = identity.get(connector);
  if (provider !== undefined) return askIdentity(context, connector, provider.port, person);
  const manager = devices.get(connector);
  if (manager !== undefined) return askDevices(context, manager, person);
  const books = connectorOf(inventory, connector);
  const sightings = await books.port.listAssetsOf(keysOf(person));
  return {
    sourceKind: 'inventory',
    person: 'known',
    personExternalIds: [],
    accountState: null,
    basis: 'live',
    snapshotAt: null,
    sightings: sightings.map(asSighting),
  };
}

/**
 * The provider's live word, beside the last nightly snapshot: a provider that cut first may have dropped its links, and what
 * it knew last night still counts, with its age.
 */
async function askIdentity(
  context: EngineContext,
  connector: string,
  provider: IdentityProvider,
  person: PersonIdentity,
): Promise<Answer> {
  const { ids, unclear } = await accountsAt(context, connector, provider, person);
  if (unclear) throw new UnclearPerson();
  const readings = await Promise.all(ids.map((id) => provider.readPerson(id)));
  const known = readings.find((reading) => reading !== null) ?? null;
  const live = (await Promise.all(ids.map((id) => listLive(provider, id)))).flat();
  // While the account lives, its live list is the truth: what was handed back since last night is not the leaver's.
  const snapshots = known?.state === 'active' ? [] : await snapshotsOf(context, connector, ids);
  const extra = snapshots
    .flatMap((one) => one.sightings)
    .filter((old) => !live.some((now) => now.externalId === old.externalId));
  const usable = extra.length > 0;
  return {
    sourceKind: 'identity',
    person: known === null && ids.length === 0 ? 'unknown' : 'known',
    personExternalIds: ids,
    accountState: known?.state ?? (ids.length === 0 ? null : 'deleted'),
    basis: usable ? 'live-and-snapshot' : 'live',
    snapshotAt: usable ? (snapshots.map((one) => one.takenAt).toSorted()[0] ?? null) : null,
    sightings: [...live, ...extra].map(asSighting),
  };
}

/** An account that was deleted has no list any more; what it held stands in the snapshot. */
async function listLive(provider: IdentityProvider, externalId: string): Promise<readonly DeviceSighting[]> {
  try {
    return await provider.listDevicesOf(externalId);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return [];
    throw error;
  }
}

async function snapshotsOf(context: EngineContext, connector: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await context.db
    .selectFrom('directory_snapshots')
    .select(['taken_at', 'sightings'])
    .where('connector', '=', connector)
    .where('external_id', 'in', [...ids])
    .execute();
  return rows.map((row) => ({ takenAt: row.taken_at, sightings: row.sightings }));
}

/** The device manager knows people by the ids of one identity connector: that account is looked up live when not yet linked. */
async function askDevices(
  context: EngineContext,
  manager: {
    readonly peopleFrom: string;
    readonly port: { listDevicesOf(id: string): Promise<readonly DeviceSighting[]> };
  },
  person: PersonIdentity,
): Promise<Answer> {
  const provider = connectorOf(context.connectors.identity, manager.peopleFrom);
  const { ids, unclear } = await accountsAt(context, manager.peopleFrom, provider.port, person);
  if (unclear) throw new UnclearPerson();
  const sightings = (await Promise.all(ids.map((id) => manager.port.listDevicesOf(id)))).flat();
  return {
    sourceKind: 'mdm',
    person: ids.length === 0 ? 'unknown' : 'known',
    personExternalIds: ids,
    accountState: null,
    basis: 'live',
    snapshotAt: null,
    sightings: sightings.map(asSighting),
  };
}

/** Asks an inventory about serials that other sources know and it did not name among the leaver's. */
export async function lookUpSerials(context: EngineContext, question: SourceQuestion): Promise<void> {
  const { caseId, generation, connector } = question;
  const state = await loadCase(context.db, caseId, generation);
  if (state.lookUps.has(connector) || state.cancelled !== null) return;
  const person = await readIdentity(context.db, leaverOf(state.opened.data));
  const books = connectorOf(context.connectors.inventory, connector);
  const serials = serialsToLookUp(state, connector);
  const askedAt = context.clock().toISOString();
  try {
    const sightings = (
      await Promise.all(serials.map((serial) => books.port.findBySerial(serial, keysOf(person))))
    ).flat();
    const data = {
      generation,
      connector,
      sourceKind: 'inventory',
      askedAt,
      serials,
      sightings: sightings.map(asSighting),
    } as const;
    const key = `source.looked-up:${caseId}:${generation}:${connector}`;
    await inTransaction(context.db, (tx) =>
      appendFacts(
        tx,
        [
          {
            stream: caseStream(caseId),
            key,
            type: 'source.looked-up',
            actor: `connector:${connector}`,
            data,
          },
        ],
        context.clock(),
      ),
    );
  } catch (error) {
    throw tryAgain(context, error);
  }
}

/** The person cannot be told at this source: "none" would be a guess. */
class UnclearPerson extends Error {
  override readonly name = 'UnclearPerson';
}

/**
 * What asking again alone cannot mend is somebody's to mend, while the asking goes on: a source that refuses us, an answer we
 * cannot read, a person who cannot be told.
 */
async function raiseFinal(context: EngineContext, state: CaseState, error: unknown): Promise<void> {
  const owner = 'operator';
  if (error instanceof UnclearPerson)
    return raiseOnCase(context, state, { code: 'person-unclear', gate: 'discovery', owner });
  if (!(error instanceof ConnectorError) || isPassing(error)) return;
  const code = error.code === 'unexpected-answer' ? 'source-unreadable' : 'source-refused';
  await raiseOnCase(context, state, { code, gate: 'discovery', owner });
}

/** Another try may have answered in between: the first answer stands. */
async function record(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  data: FactData['source.answered'],
): Promise<void> {
  const key = `source.answered:${caseId}:${generation}:${connector}`;
  const fact = { stream: caseStream(caseId), key, type: 'source.answered', data } as const;
  await recordOnce(context, { ...fact, actor: `connector:${connector}` });
}

async function recordSilence(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  error: unknown,
): Promise<void> {
  const code = codeOf(error);
  const key = `source.unanswered:${caseId}:${generation}:${connector}`;
  context.log.warn({ caseId, connector, code }, 'a source does not answer');
  const data = { generation, connector, code };
  const stream = caseStream(caseId);
  const fact = { stream, key, type: 'source.unanswered', actor: `connector:${connector}`, data } as const;
  await inTransaction(context.db, async (tx) => {
    await lockStream(tx, stream);
    if ((await readStream(tx, stream)).some((one) => one.key === key)) return;
    await appendFacts(tx, [fact], context.clock());
    // From now on the access cut may have to begin without it, by time alone.
    await wakeCase(tx, caseId, generation);
  });
}

/** Exactly the fields of a sighting: an adapter's richer record must not leak into a fact. */
function asSighting(one: DeviceSighting): DeviceSighting {
  const {
    externalId,
    serial,
    manufacturer,
    model,
    assetTag,
    platform,
    ownership,
    holderExternalId,
    heldBySubject,
    lastSeenAt,
    directoryDeviceId,
  } = one;
  const known = {
    externalId,
    serial,
    manufacturer,
    model,
    assetTag,
    platform,
    ownership,
    holderExternalId,
    heldBySubject,
    lastSeenAt,
  };
  return directoryDeviceId === undefined ? known : { ...known, directoryDeviceId };
}

function codeOf(error: unknown): string {
  if (error instanceof UnclearPerson) return 'person-unclear';
  return error instanceof ConnectorError ? error.code : 'internal';
}
