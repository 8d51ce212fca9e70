/** What vendors said when a custody had been closed, entered in the books that it was closed in, and read back. */
import { ConnectorError } from '../adapters/errors.ts';
import type { Connected } from '../adapters/connectors.ts';
import { withDisposition } from '../adapters/inventory/port.ts';
import type { Asset, AssetClosure, DispositionPlace, Inventory } from '../adapters/inventory/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { contradictsEnd, endOf, lastReport } from '../domain/disposal-end.ts';
import type { DisposalEnd } from '../domain/disposal-end.ts';
import type { EnteredOutcome } from '../domain/device-facts.ts';
import { deviceStream } from '../domain/fact.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { lateToEnter, markEntered } from '../store/late-reports.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { closureOf } from './closure-terms.ts';
import type { EngineContext } from './context.ts';
import { isPassing } from './failures.ts';
import { modeFor } from './modes.ts';

/**
 * Every late report that one inventory has a place for. What the inventory refuses, and a record that is not as the closure left
 * it, is left to the reconciliation of the books.
 *
 * @returns How many records say it now.
 * @throws ConnectorError while the inventory cannot be asked at all.
 */
export async function enterLateReports(
  context: EngineContext,
  inventory: Connected<Inventory>,
  beat: () => void,
): Promise<number> {
  const { dispositionPlace: place } = inventory.port;
  if (place === undefined || inventory.mode !== 'enforce') return 0;
  let entered = 0;
  for (const { deviceId, epoch } of await lateToEnter(context.db, inventory.name)) {
    beat();
    if (await enter(context, inventory, place, await loadCustody(context.db, deviceId, epoch))) entered += 1;
  }
  return entered;
}

async function enter(
  context: EngineContext,
  inventory: Connected<Inventory>,
  place: DispositionPlace,
  custody: CustodyState,
): Promise<boolean> {
  const { port } = inventory;
  const disposition = wordOf(custody);
  const externalId = custody.closureReadBack?.data.externalId;
  if (disposition === null || externalId === undefined)
    return await finish(context, inventory, custody, null);
  if ((await modeFor(context, inventory, custody.opened.data.personId)) !== 'enforce') return false;
  const closure = closureOf(custody, await readPolicy(context.db, custody.policyDigest));
  const wanted: AssetClosure = { ...closure, disposition };
  const about = { externalId, disposition };
  try {
    const before = await port.readAsset(externalId);
    if (!isAsClosed(port, before, wanted))
      return await finish(context, inventory, custody, { ...about, outcome: 'record-changed' });
    await place.enterDisposition(externalId, disposition);
    const after = await port.readAsset(externalId);
    const outcome = after !== null && port.isClosed(after, wanted) ? 'shown' : 'not-shown';
    return await finish(context, inventory, custody, { ...about, outcome });
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw error;
    return finish(context, inventory, custody, { ...about, outcome: 'refused' });
  }
}

/** What the books should say; `null` where the last word contradicts the closure: somebody decides about that. */
function wordOf(custody: CustodyState): DisposalEnd | null {
  const { closed } = custody;
  const report = lastReport(custody)?.data;
  if (closed === null || report === undefined || contradictsEnd(closed.data.disposition, report)) return null;
  return endOf(report);
}

/** Whether the record says what the closure asked for, whatever stands in that one place. */
function isAsClosed(
  port: Inventory,
  asset: Asset | null,
  wanted: AssetClosure & { readonly disposition?: DisposalEnd },
): asset is Asset {
  if (asset === null || wanted.disposition === undefined) return false;
  return port.isClosed(withDisposition(asset, wanted.disposition), wanted);
}

interface Entered {
  readonly externalId: string;
  readonly disposition: DisposalEnd;
  readonly outcome: EnteredOutcome;
}

/** @returns Whether the books say it. A report that came meanwhile is entered by the next sweep. */
async function finish(
  { db, clock }: EngineContext,
  { name: connector }: Connected<Inventory>,
  custody: CustodyState,
  entered: Entered | null,
): Promise<boolean> {
  const { deviceId, epoch } = custody;
  const stream = deviceStream(deviceId);
  const now = clock();
  return inTransaction(db, async (tx) => {
    await lockStream(tx, stream);
    const meanwhile = await loadCustody(tx, deviceId, epoch);
    if (lastReport(meanwhile)?.key !== lastReport(custody)?.key) return false;
    if (meanwhile.enteredLate?.key !== custody.enteredLate?.key) return false;
    await markEntered(tx, custody, now);
    if (entered === null) return false;
    const report = lastReport(custody);
    const fact = {
      stream,
      key: `disposition.entered:${report?.key ?? ''}`,
      type: 'disposition.entered',
      actor: `connector:${connector}`,
      data: { epoch, connector, ...entered, readAt: now.toISOString() },
    } as const;
    await appendFacts(tx, [fact], now);
    return entered.outcome === 'shown';
  });
}
