/** The worker: composition root of everything that acts. Any number may run side by side. */
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection } from '@temporalio/worker';
import { createConnectors } from '../adapters/connector-kinds.ts';
import type { Connectors } from '../adapters/connectors.ts';
import { createDatabaseActivities, createVendorActivities } from '../activities/index.ts';
import type { EngineContext } from '../activities/context.ts';
import { readOutsideHolds } from '../activities/outside-holds.ts';
import { crashPoints } from '../config/crash-points.ts';
import type { Environment } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import { reconciliationOf } from '../domain/reconciliation-policy.ts';
import type { Description } from '../domain/installation-facts.ts';
import type { SourceKind } from '../domain/sighting.ts';
import type { KeyRing } from '../ledger/key-ring.ts';
import { documentPlace } from '../outside/document-bucket.ts';
import { timestampAuthority } from '../outside/timestamp-authority.ts';
import { BEAT_EVERY_MS, describeProcess } from '../store/audits/installation.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { moveDocuments } from '../store/documents.ts';
import { eraseApproved } from '../store/personal/erase.ts';
import { givenVault } from '../store/personal/key-file.ts';
import { rewrapKeys } from '../store/personal/seal-existing.ts';
import type { PersonVault } from '../store/personal/vault.ts';
import { offerPolicy, policyInForce } from '../store/policy-in-force.ts';
import { inTransaction } from '../store/transactions.ts';
import { sequenceBatch } from '../store/sequencer.ts';
import { connectorQueue, ENGINE_QUEUE } from '../workflows/task-queues.ts';
import { heartbeats } from './heartbeats.ts';
import { keepCheckpoints } from './checkpoints/keep-checkpoints.ts';
import type { CheckpointKeeping } from './checkpoints/keep-checkpoints.ts';
import { createTargets } from './checkpoints/targets.ts';
import { createDataConverter, failureConverterPath } from './data-converter.ts';
import { createLog } from './log.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { listenToOutbox } from './outbox-listener.ts';
import { relayAll } from './relay.ts';
import { noticePlan } from './notice-plan.ts';
import { runWorkers } from './run-workers.ts';
import { ensureSchedules } from './schedules.ts';
import { planSweeps } from './sweep-plans.ts';
import { workflowsPath } from './workflows-path.ts';

export interface WorkerDeps {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly env: Environment;
  /** Who signs checkpoints. Absent: nobody does. */
  readonly keys?: KeyRing;
  /** Opens personal data. Absent: what the configuration's own keys open. */
  readonly vault?: PersonVault;
  /** What it runs as, for the record. Absent: nothing is recorded of it. */
  readonly description?: Description;
}

export interface RunningWorker {
  /** Drains: finishes what is under way, then closes every connection. */
  stop(): Promise<void>;
  /** Rejects never; resolves with the error that ended the worker by itself. */
  readonly failed: Promise<Error>;
}

/** How often outbox and ledger are looked at when nothing announces itself, milliseconds. */
const RELAY_EVERY_MS = 1_000;
const SEQUENCE_EVERY_MS = 1_000;
const SEQUENCE_BATCH = 1_000;
const DOCUMENTS_EVERY_MS = 10_000;
const DOCUMENTS_BATCH = 20;
/** How often it is looked whether a checkpoint is due, or one waits to be published, milliseconds. */
const CHECKPOINTS_EVERY_MS = 10_000;
/** How often it is looked whether two people have decided to erase somebody, milliseconds. */
const ERASURES_EVERY_MS = 5_000;

/**
 * Starts workers for every queue, the relay, the sequencer and the schedules. Resolves when all of them run.
 *
 * @throws what a step of the start failed with; whatever was opened before it is closed again.
 */
export async function runWorker(config: Config, deps: WorkerDeps): Promise<RunningWorker> {
  const opened = new AsyncDisposableStack();
  try {
    const { failed } = await start(config, deps, opened);
    return { failed, stop: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** What is opened goes onto the stack at once, and is closed from its top: workers drain before what they need goes. */
async function start(
  config: Config,
  deps: WorkerDeps,
  opened: AsyncDisposableStack,
): Promise<Pick<RunningWorker, 'failed'>> {
  const log = createLog(config.log.level, 'worker');
  const vault = deps.vault ?? givenVault(config.personKeys);
  const db = opened.adopt(
    openDatabase(deps.databaseUrl, {
      connections: config.database.connections,
      ...(vault === null ? {} : { vault }),
      onIdleError: (error) => log.warn({ error: error.name }, 'the database closed an idle connection'),
    }),
    (one) => one.destroy(),
  );
  const rewrapped = vault === null ? 0 : await rewrapKeys(db);
  if (rewrapped > 0) log.info({ rewrapped }, 'keys of people are under the installation key of now');
  const connectors = createConnectors(config.connectors);
  const context = await createContext(config, db, connectors, deps.env, log);

  const dataConverter = createDataConverter(
    (config.payloadKeys ?? []).map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'base64') })),
  );
  const { namespace, apiKey } = config.temporal;
  const access = { address: deps.temporalAddress, ...(apiKey === undefined ? {} : { apiKey, tls: true }) };
  // One connection for both: the native one spares each wake the work of a client written in JavaScript.
  const connection = opened.adopt(await NativeConnection.connect(access), (one) => one.close());
  const client = new Client({ connection, namespace, dataConverter });

  const { policy } = await policyInForce(db);
  await ensureSchedules(client, planSweeps(config.sweeps, connectors, reconciliationOf(policy)));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: log.sdk });
  const relay = startLoop(
    'relay',
    RELAY_EVERY_MS,
    async () => void (await relayAll(db, client, log, () => context.crash('relay-delivered'))),
    log,
  );
  opened.defer(() => relay.stop());
  if (deps.description !== undefined)
    await describeProcess(db, { process: 'worker', ...deps.description }, context.clock());
  const alive = heartbeats(db, context.clock);
  const heart = startLoop('heartbeat', BEAT_EVERY_MS, () => alive('worker'), log);
  opened.defer(() => heart.stop());
  const sequence = async (): Promise<void> => {
    await sequenceAll(db);
    await alive('sequencer');
  };
  const sequencer = startLoop('sequencer', SEQUENCE_EVERY_MS, sequence, log);
  opened.defer(async () => {
    await sequencer.stop();
    // What the last activities recorded; where the database is away, another worker or the next start does it.
    await sequenceAll(db).catch(() => undefined);
  });
  const checkpoints = startCheckpoints(config.ledger, { db, log, clock: context.clock }, deps.keys);
  opened.defer(() => checkpoints.stop());
  const erasures = startLoop('erasures', ERASURES_EVERY_MS, () => eraseAll(context), log);
  opened.defer(() => erasures.stop());
  const documents = startDocuments(config.documents, db, log);
  opened.defer(async () => documents?.stop());
  const listener = listenToOutbox(deps.databaseUrl, relay.nudge);
  opened.defer(() => listener.close());
  const workers = await runWorkers({
    connection,
    namespace,
    dataConverter,
    deployment: config.temporal.deployment,
    workflowBundle,
    engine: { queue: ENGINE_QUEUE, activities: createDatabaseActivities(context) },
    vendors: { queues: queueNames(connectors), activities: createVendorActivities(context) },
  });
  opened.defer(() => workers.stop());
  return { failed: workers.failed };
}

/** Signs where there are keys; publishes what anybody signed. */
function startCheckpoints(
  { origin, every, publish, timestamps }: Config['ledger'],
  parts: Pick<CheckpointKeeping, 'db' | 'log' | 'clock'>,
  keys: KeyRing | undefined,
): Loop {
  const signing = { origin: origin ?? null, signers: keys?.checkpoints.signers ?? [] };
  if (signing.signers.length === 0)
    parts.log.warn({}, 'there is no key to sign checkpoints with: handback keys new');
  const authority = timestamps === undefined ? null : timestampAuthority(timestamps);
  const keeping = { ...parts, signing, everyMs: every, targets: createTargets(publish), authority };
  const pause = Math.min(every, CHECKPOINTS_EVERY_MS);
  return startLoop('checkpoints', pause, () => keepCheckpoints(keeping), parts.log);
}

/** Takes documents to their bucket, where there is one; what cannot be taken there now stays in the database until it can. */
function startDocuments(config: Config['documents'], db: Database, log: EngineContext['log']): Loop | null {
  const place = documentPlace(config);
  if (place === null) return null;
  const moveAll = async () => {
    while ((await moveDocuments(db, place, DOCUMENTS_BATCH)) === DOCUMENTS_BATCH);
  };
  return startLoop('documents', DOCUMENTS_EVERY_MS, moveAll, log);
}

async function createContext(
  config: Config,
  db: Database,
  connectors: Connectors,
  env: Environment,
  log: EngineContext['log'],
): Promise<EngineContext> {
  const { proposed } = await inTransaction(db, (tx) => offerPolicy(tx, config.policy));
  if (proposed !== null)
    log.warn(
      { proposed },
      'the policy of the configuration is not the one in force: two people have to put it there (decision change-policy)',
    );
  return {
    db,
    connectors,
    terms: { sources: configuredSources(connectors) },
    linkBy: config.people.linkBy,
    peopleModes: config.people.modes.map(({ countries, groups, mode }) => ({
      countries: countries ?? null,
      groups: groups ?? null,
      mode,
    })),
    returns: { ...config.returns, to: postalAddress(config.returns.to) },
    retryCapMs: config.sweeps.retryCap,
    notices: noticePlan(config.notify, connectors),
    clock: () => new Date(),
    log,
    crash: crashPoints(env),
  };
}

/** An optional part that is not given is absent, not undefined. */
function postalAddress(to: Config['returns']['to']): EngineContext['returns']['to'] {
  if (to === undefined) return null;
  const { state, phone, ...rest } = to;
  return { ...rest, ...(state === undefined ? {} : { state }), ...(phone === undefined ? {} : { phone }) };
}

/** Everything that must answer at discovery. */
export function configuredSources(connectors: Connectors): EngineContext['terms']['sources'] {
  const of = (names: Iterable<string>, sourceKind: SourceKind) =>
    [...names].toSorted().map((connector) => ({ connector, sourceKind }));
  return [
    ...of(connectors.identity.keys(), 'identity'),
    ...of(connectors.devices.keys(), 'mdm'),
    ...of(connectors.inventory.keys(), 'inventory'),
  ];
}

function queueNames(connectors: Connectors): readonly string[] {
  return Object.values(connectors).flatMap((map: ReadonlyMap<string, unknown>) =>
    [...map.keys()].map(connectorQueue),
  );
}

async function eraseAll(context: EngineContext): Promise<void> {
  const askHolds = (personId: string, addresses: readonly string[]) =>
    readOutsideHolds(context, personId, addresses);
  for (const { personId, outcome, why } of await eraseApproved(context.db, {
    clock: context.clock,
    askHolds,
  }))
    context.log.info({ person: personId, outcome, why }, 'the erasure of a person');
}

async function sequenceAll(db: Database): Promise<void> {
  // A batch that is not full was the last of them; what has come since has its turn at the next run.
  while ((await sequenceBatch(db, SEQUENCE_BATCH)) === SEQUENCE_BATCH);
}
