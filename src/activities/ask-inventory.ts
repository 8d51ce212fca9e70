/**
 * Inventories are asked live about what was just scanned at a pickup: after the scan is answered, one serial at a time for each
 * inventory, at the pace of its client. What comes back is held against the manifest in one short transaction a second.
 */
import type { Asset, Inventory } from '../adapters/inventory/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import type { InventoryDifference, InventorySaid } from '../domain/discrepancy.ts';
import { pickupStream } from '../domain/fact.ts';
import type { MatchedRecord } from '../domain/fact-parts.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { earlierWord } from '../store/earlier-word.ts';
import { appendFacts } from '../store/facts.ts';
import { keepAnswers, noteSilence, waitingAsks } from '../store/inventory-asks.ts';
import type { LiveAnswer, WaitingAsk } from '../store/inventory-asks.ts';
import { applyWords } from '../store/inventory-words.ts';
import { expectedUnits, lockPickup } from '../store/pickups.ts';
import { policyInForce } from '../store/policy-in-force.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { isAboutOne } from './failures.ts';
import { holderNow } from './holder-now.ts';
import { inventorySaid } from './inventory-said.ts';
import { withHealth } from './with-health.ts';

const BATCH = 50;
/** Answers are kept after so long at the latest, milliseconds: the dock hears of them within seconds. */
const KEPT_AFTER_MS = 1_000;

/**
 * Asks one inventory about everything that waits for it, until nothing does. Killed at any moment, what was not kept is asked
 * again.
 *
 * @throws ConnectorError when it answers nobody now: what waits shows that, and is asked about when this is tried again.
 */
export async function askInventory(
  context: EngineContext,
  { connector }: { readonly connector: string },
): Promise<void> {
  const { port } = connectorOf(context.connectors.inventory, connector);
  for (;;) {
    const batch = await waitingAsks(context.db, connector, BATCH);
    if (batch.length === 0) return;
    await withHealth(context, connector, () => askAll(context, connector, port, batch));
  }
}

/** An answer, and the pickup at which it was asked for. */
type Answered = LiveAnswer & Pick<WaitingAsk, 'pickupId'>;

async function askAll(
  context: EngineContext,
  connector: string,
  port: Inventory,
  batch: readonly WaitingAsk[],
): Promise<void> {
  let [answers, since]: [Answered[], number] = [[], performance.now()];
  try {
    for (const ask of batch) {
      answers.push({ ...ask, ...(await answerTo(context, connector, port, ask)) });
      if (performance.now() - since < KEPT_AFTER_MS) continue;
      const kept = answers;
      [answers, since] = [[], performance.now()];
      await keep(context, connector, kept);
    }
  } catch (error) {
    // What it said before it fell silent counts.
    await keep(context, connector, answers);
    const code = error instanceof ConnectorError ? error.code : 'internal';
    await noteSilence(context.db, connector, code, context.clock());
    throw error;
  }
  await keep(context, connector, answers);
}

async function answerTo(
  context: EngineContext,
  connector: string,
  port: Inventory,
  ask: WaitingAsk,
): Promise<Omit<LiveAnswer, 'serial'>> {
  try {
    const custody = await custodyOf(context, ask);
    const assets = await recordsFor(port, connector, ask, custody);
    const differs = await differencesOf(context, connector, port, custody, assets);
    return { answer: { known: assets.length > 0, differs }, failure: null };
  } catch (error) {
    if (!isAboutOne(error)) throw error;
    return { answer: null, failure: error instanceof ConnectorError ? error.code : 'internal' };
  }
}

/** A custody that goes with a pickup, and the model that its line prints. */
interface Leaving {
  readonly custody: CustodyState;
  readonly model: string;
}

/** Of a unit on no line, or whose custody has ended, nothing is expected. */
async function custodyOf({ db }: EngineContext, { pickupId, serial }: WaitingAsk): Promise<Leaving | null> {
  const [line] = await expectedUnits(db, pickupId, [serial]);
  if (line === undefined || !line.leaving) return null;
  return { custody: await loadCustody(db, line.deviceId, line.epoch), model: line.model };
}

/**
 * By serial, as it was read from the unit and in its normalised form; where a record spells it otherwise, the one that discovery
 * found by its holder.
 */
async function recordsFor(
  port: Inventory,
  connector: string,
  { serial, spelled }: WaitingAsk,
  leaving: Leaving | null,
): Promise<readonly Asset[]> {
  const found = await port.findBySerial(spelled, null);
  const known = leaving === null ? undefined : recordAt(leaving.custody, connector);
  if (found.length > 0 || known === undefined) return found;
  const asset = await port.readAsset(known.externalId);
  return asset !== null && normaliseSerial(asset.serial) === serial ? [asset] : [];
}

async function differencesOf(
  context: EngineContext,
  connector: string,
  port: Inventory,
  leaving: Leaving | null,
  assets: readonly Asset[],
): Promise<readonly InventorySaid[]> {
  if (leaving === null || assets.length === 0) return [];
  const { custody } = leaving;
  const asset = recordOf(custody, connector, assets);
  // Of two records that claim one serial nobody can tell which is meant.
  if (asset === null) return [];
  const before = await earlierWord(context.db, custody, connector);
  const isTyped = custody.opened.data.personId === null;
  const isAsBefore =
    asset.holderExternalId === null ||
    (before?.heldBySubject === true && before.holderExternalId === asset.holderExternalId);
  return inventorySaid(asset, {
    model: before === null ? (isTyped ? leaving.model : null) : before.model,
    isTyped,
    isWithAnother:
      !isAsBefore && (await holderNow(context, port, custody, asset.externalId, connector)) === 'another',
  });
}

/** The record that discovery found, else the only one that there is. */
function recordOf(custody: CustodyState, connector: string, assets: readonly Asset[]): Asset | null {
  const known = recordAt(custody, connector);
  const same = assets.find((one) => one.externalId === known?.externalId);
  return same ?? (assets.length === 1 ? (assets[0] ?? null) : null);
}

function recordAt({ opened }: CustodyState, connector: string): MatchedRecord | undefined {
  return opened.data.records.find((one) => one.connector === connector);
}

/** One transaction for each pickup; scans of it wait for no more than that. */
async function keep(context: EngineContext, connector: string, answers: readonly Answered[]): Promise<void> {
  if (answers.length === 0) return;
  const { policy } = await policyInForce(context.db);
  for (const [pickupId, ofPickup] of Map.groupBy(answers, (one) => one.pickupId)) {
    const now = context.clock();
    const dueAt = new Date(now.getTime() + policy.exceptions.dueMs);
    await inTransaction(context.db, async (tx) => {
      const pickup = await lockPickup(tx, pickupId);
      const kept = await keepAnswers(tx, pickupId, connector, ofPickup, now);
      // What it says of a unit that has left comes too late to keep it here.
      if (pickup === null || pickup.confirmed_at !== null) return;
      const said = ofPickup.flatMap(({ serial, answer }) =>
        answer === null || !kept.has(serial)
          ? []
          : [{ serial, known: answer.known, differs: kindsOf(answer.differs) }],
      );
      if (said.length === 0) return;
      const asked = { asked: said.length, known: said.filter(({ known }) => known).length };
      const fact = {
        stream: pickupStream(pickupId),
        key: `pickup.books-asked:${pickupId}:${connector}:${now.toISOString()}`,
        type: 'pickup.books-asked',
        actor: `connector:${connector}`,
        data: { pickupId, ...asked, connector, answers: said },
      } as const;
      await appendFacts(tx, [fact], now);
      await applyWords(
        tx,
        pickupId,
        said.map(({ serial }) => serial),
        dueAt,
        now,
      );
    });
  }
}

function kindsOf(differs: readonly InventorySaid[]): readonly InventoryDifference[] {
  return differs.map(({ kind }) => kind);
}
