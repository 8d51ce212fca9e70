/**
 * The sweep over one inventory: what others close in it is read back, what has left with a disposal vendor is said there, and what
 * vendors said of closed devices is entered. Only what changed is written.
 */
import { sql } from 'kysely';
import { ConnectorError } from '../adapters/errors.ts';
import type { Connected } from '../adapters/connectors.ts';
import { endsOwnership } from '../adapters/inventory/port.ts';
import type { Inventory, LeavingState } from '../adapters/inventory/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { RedactedAnswer } from '../domain/redacted-answer.ts';
import { closingInventory } from '../domain/rules/inventory-choice.ts';
import { isLeavingToBeShown } from '../domain/rules/left.ts';
import { announceCustody } from '../store/custody-news.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { withAnswer } from '../store/vendor-answers.ts';
import { findRecord } from './closure.ts';
import { closureOf } from './closure-terms.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing } from './failures.ts';
import { enterLateReports } from './late-entries.ts';
import { modeFor } from './modes.ts';
import { raiseOnCustody } from './raise.ts';
import { inventoriesOf } from './rule-context.ts';
import { withHealth } from './with-health.ts';

interface Candidate {
  readonly deviceId: string;
  readonly epoch: number;
}

/** @throws ConnectorError while the inventory cannot be asked at all. */
export async function sweepInventory(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void,
): Promise<{ readonly closed: number; readonly left: number; readonly entered: number }> {
  const inventory = connectorOf(context.connectors.inventory, connector);
  return withHealth(context, connector, async () => {
    let [closed, left] = [0, 0];
    if (!inventory.port.closes)
      for (const candidate of await awaitingClosure(context)) {
        beat();
        if (await readClosure(context, inventory, candidate)) closed += 1;
      }
    const { leaving } = inventory.port;
    if (leaving !== undefined)
      for (const candidate of await handedOver(context)) {
        beat();
        if (await showLeft(context, inventory, leaving, candidate)) left += 1;
      }
    const entered = await enterLateReports(context, inventory, beat);
    return { closed, left, entered };
  });
}

/** By what lists show: the facts decide. */
async function awaitingClosure({ db }: EngineContext): Promise<readonly Candidate[]> {
  const { rows } = await sql<Candidate>`
    select device_id as "deviceId", epoch from custodies
    where state = 'open' and blocked_by @> '[{"code": "closure-awaited"}]'::jsonb
    order by device_id`.execute(db);
  return rows;
}

async function readClosure(
  context: EngineContext,
  { name: connector, port }: Connected<Inventory>,
  { deviceId, epoch }: Candidate,
): Promise<boolean> {
  const custody = await loadCustody(context.db, deviceId, epoch);
  const last = custody.closureReadBack?.data;
  if (last === undefined || last.connector !== connector || last.matches) return false;
  const { externalId } = last;
  const asset = await port.readAsset(externalId);
  const closure = closureOf(custody, await readPolicy(context.db, custody.policyDigest));
  if (asset === null || !port.isClosed(asset, closure)) return false;
  const readAt = context.clock().toISOString();
  const fact = {
    stream: deviceStream(deviceId),
    key: `closure.read-back:${deviceId}:${epoch}:${readAt}`,
    type: 'closure.read-back',
    actor: `connector:${connector}`,
    data: { epoch, connector, externalId, matches: true, readAt, readOnly: true },
  } satisfies NewFact;
  return record(context, custody, fact, asset.answer);
}

/** Handed over on a confirmed pickup, and not known to be said yet. */
async function handedOver({ db }: EngineContext): Promise<readonly Candidate[]> {
  const { rows } = await sql<Candidate>`
    select distinct custodies.device_id as "deviceId", custodies.epoch
    from custodies
    join pickup_lines on pickup_lines.device_id = custodies.device_id and pickup_lines.epoch = custodies.epoch
    join pickups on pickups.id = pickup_lines.pickup_id
    where custodies.state = 'open' and pickups.confirmed_at is not null and pickup_lines.taken_off_at is null
      and not exists (
        select from facts where facts.key = 'inventory.left:' || custodies.device_id || ':' || custodies.epoch
      )
    order by custodies.device_id`.execute(db);
  return rows;
}

/** Written, then read back: only what is read counts. What the inventory refuses is somebody's to decide, and holds up nothing. */
async function showLeft(
  context: EngineContext,
  inventory: Connected<Inventory>,
  leaving: LeavingState,
  { deviceId, epoch }: Candidate,
): Promise<boolean> {
  const { name: connector, port } = inventory;
  const custody = await loadCustody(context.db, deviceId, epoch);
  const policy = await readPolicy(context.db, custody.policyDigest);
  if (closingInventory(custody, inventoriesOf(context)) !== connector) return false;
  if (!isLeavingToBeShown(custody, policy)) return false;
  if ((await modeFor(context, inventory, custody.opened.data.personId)) !== 'enforce') return false;
  try {
    const externalId = await findRecord(port, custody, connector);
    if (externalId === null) return await recordLeft(context, custody, connector, null, 'no-record');
    await leaving.markLeft(externalId);
    const asset = await port.readAsset(externalId);
    if (asset !== null && leaving.saysLeft(asset))
      return await recordLeft(context, custody, connector, externalId, 'shown');
    if (asset !== null && endsOwnership(asset.state))
      return await recordLeft(context, custody, connector, externalId, 'ended');
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw error;
  }
  await raiseOnCustody(context, custody, {
    code: 'status-not-changed',
    gate: 'itad-handoff',
    owner: 'asset-manager',
    blocking: false,
  });
  return false;
}

function recordLeft(
  context: EngineContext,
  custody: CustodyState,
  connector: string,
  externalId: string | null,
  outcome: 'shown' | 'ended' | 'no-record',
): Promise<boolean> {
  const { deviceId, epoch } = custody;
  return record(context, custody, {
    stream: deviceStream(deviceId),
    key: `inventory.left:${deviceId}:${epoch}`,
    type: 'inventory.left',
    actor: `connector:${connector}`,
    data: { epoch, connector, externalId, outcome, readAt: context.clock().toISOString() },
  });
}

/** @returns Whether it was news: the custody may have ended, or another may have been faster. */
async function record(
  context: EngineContext,
  { deviceId, epoch }: CustodyState,
  fact: NewFact,
  answer?: RedactedAnswer,
): Promise<boolean> {
  const now = context.clock();
  return inTransaction(context.db, async (tx) => {
    await lockStream(tx, fact.stream);
    const custody = await loadCustody(tx, deviceId, epoch);
    const isKnown =
      fact.type === 'inventory.left' ? custody.leftShown !== null : custody.closureReadBack?.data.matches;
    if (custody.closed !== null || custody.cancelled !== null || isKnown === true) return false;
    await appendFacts(tx, [await withAnswer(tx, fact, answer)], now);
    await announceCustody(tx, deviceId, epoch, now);
    return true;
  });
}
