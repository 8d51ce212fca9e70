/** Gate `inventory-closure`: the books say so, read back. Our own write proves nothing. */
import type { CustodyState } from '../custody-state.ts';
import { ownerOf } from '../deadlines.ts';
import { disposalEnd } from '../disposal-end.ts';
import { blockingExceptions, lastDecided, lastOpened } from '../exceptions.ts';
import type { Fact } from '../fact.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import type { Route } from '../routes.ts';
import { toMs } from '../time.ts';
import { inStorage } from './legal-retention.ts';
import { judgeRelease } from './release.ts';
import { closingInventory } from './inventory-choice.ts';
import { raise, through, waiting, withStep } from './standing.ts';

/** @param readySince When the handoff was certified, ISO 8601 UTC. */
export function judgeInventoryClosure(
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<'inventory-closure'> {
  if (custody.route === 'legal-retention')
    return inStorage('inventory-closure', custody, readySince, context);
  const letGo = OWNERSHIP_ENDS.has(custody.route)
    ? judgeRelease('inventory-closure', custody, readySince, context)
    : null;
  if (letGo !== null) return letGo;
  // A personal device is in nobody's books: that we do not manage it any more is its closure.
  if (custody.route === 'personal') return noLongerManaged(custody, readySince);
  const { closureReadBack: readBack, disposed } = custody;
  const isAwaited = custody.route === 'dispose' && context.policy.closure.dispositionDueMs !== undefined;
  if (isAwaited && disposalEnd(custody) === null) return unreported(custody, readySince, context);
  if (readBack !== null && readBack.data.matches) {
    return through('inventory-closure', 'satisfied', readBack.at, [readBack.key], 'read-back');
  }
  const byOthers = readBack?.data.readOnly === true;
  const judgement = waiting(
    {
      gate: 'inventory-closure',
      state: readBack === null || byOthers ? 'in-progress' : 'failed',
      since: readBack?.at ?? readySince,
      deviceId: custody.deviceId,
      block: byOthers
        ? { kind: 'action', code: 'closure-awaited', owner: closerOf(context) }
        : { kind: 'action', code: 'closure-not-read-back', owner: ownerOf('closed', context.policy) },
      dueAt: toMs(laterOf(readySince, isAwaited ? disposed : null)) + context.policy.closure.dueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  if (blockingExceptions(custody.exceptions, 'inventory-closure').length > 0) return judgement;
  // A sweep reads it until it is closed there; or an inventory that can be written was connected since.
  if (byOthers && [null, readBack.data.connector].includes(closingInventory(custody, context)))
    return judgement;
  return withStep(judgement, nextStep(custody, context));
}

/** The policy wants to know what became of it first: waited for by design until its deadline. */
function unreported(
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<'inventory-closure'> {
  const { policy } = context;
  const judgement = waiting(
    {
      gate: 'inventory-closure',
      state: 'waiting',
      since: readySince,
      deviceId: custody.deviceId,
      block: { kind: 'time', code: 'disposition-awaited', owner: ownerOf('disposed', policy), parked: true },
      dueAt: toMs(readySince) + (policy.closure.dispositionDueMs ?? 0),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  return contradicts(custody) === null ? judgement : withStep(judgement, notProcessed());
}

/** A report that nothing was done with what is certified, and that nobody has decided. */
function contradicts(custody: CustodyState): Fact<'handoff.disposed'> | null {
  const { disposed, exceptions } = custody;
  if (disposed === null || disposed.data.outcome !== 'not-processed') return null;
  return lastOpened(exceptions, 'disposition-not-processed') > disposed.seq ? null : disposed;
}

function notProcessed(): Step {
  return raise('disposition-not-processed', 'inventory-closure', 'asset-manager');
}

function laterOf(since: string, fact: Fact | null): string {
  return fact !== null && fact.at > since ? fact.at : since;
}

/** Whose move it is where nobody but people can close the record. */
function closerOf({ policy }: RuleContext): string {
  return policy.handoff.owners?.closed ?? 'asset-manager';
}

/** Where the device is somebody else's afterwards. One that is lost stays bound to us, so that nobody can use it. */
const OWNERSHIP_ENDS: ReadonlySet<Route> = new Set(['dispose', 'lessor-return', 'employee-sale', 'personal']);

function noLongerManaged(custody: CustodyState, readySince: string): Judgement<'inventory-closure'> {
  const gone = custody.releases.findLast(({ data }) => data.step === 'mdm-record');
  if (gone === undefined) return through('inventory-closure', 'not-applicable', readySince, [], 'unmanaged');
  return through('inventory-closure', 'satisfied', gone.at, [gone.key], 'mdm-record-removed');
}

function nextStep(custody: CustodyState, context: RuleContext): Step {
  if (contradicts(custody) !== null) return notProcessed();
  const mismatch = custody.closureReadBack;
  const isOurs = mismatch !== null && mismatch.data.readOnly !== true;
  if (isOurs && !isDecided(custody, 'inventory-mismatch', mismatch))
    return raise('inventory-mismatch', 'inventory-closure', 'asset-manager');
  const missing = custody.closureNotFound;
  if (
    missing !== null &&
    !isDecided(custody, 'not-in-inventory', missing) &&
    !isDecided(custody, 'unrecorded-device', missing)
  )
    return raise('not-in-inventory', 'inventory-closure', 'asset-manager');
  const connector = closingInventory(custody, context);
  if (connector === null) return raise('not-in-inventory', 'inventory-closure', 'asset-manager');
  return { do: 'act', acts: [{ act: 'close-inventory', connector }] };
}

function isDecided(custody: CustodyState, code: string, about: Fact): boolean {
  return lastDecided(custody.exceptions, code) > about.seq;
}
