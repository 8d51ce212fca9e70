/** The activities as workflows know them, built over one context. */
import { Context } from '@temporalio/activity';
import type { DatabaseActivities, VendorActivities } from './activity-types.ts';
import { cutAccess } from './access.ts';
import { askInventory } from './ask-inventory.ts';
import { abandonAssets, planReconciliation, readBooks, startScheduled } from './asset-books.ts';
import { judgeAssets } from './asset-judgement.ts';
import { assessCase, assessCustody } from './assess.ts';
import { backfillLeavers } from './backfill.ts';
import { closeInventory } from './closure.ts';
import type { EngineContext } from './context.ts';
import { askSource, lookUpSerials } from './discovery.ts';
import { tryAgain } from './failures.ts';
import { drainInbox } from './intake.ts';
import { listLeavers } from './list-leavers.ts';
import { sendNotices } from './notices/send.ts';
import { sweepInventory } from './inventory-sweep.ts';
import { sweepParcels } from './parcel-sweep.ts';
import { sweepPickups } from './pickup-sweep.ts';
import { bookPickup, pickupConnector } from './pickup.ts';
import { reconcileWorkflows } from './reconcile.ts';
import { lockDevice } from './lock.ts';
import { releaseDevice } from './release.ts';
import { sweepHolds } from './outside-holds.ts';
import { sendRetire } from './retire.ts';
import { makeLabel } from './returns.ts';
import { countFleet, snapshotDirectory, sweepIdentity } from './sweeps.ts';
import { sendWipe } from './wipe.ts';
import { cancelWipe } from './wipe-cancel.ts';
import { readSilence, resolveWipe } from './wipe-read-back.ts';
import { sweepWipes } from './wipe-sweep.ts';

/** Run by the engine's own queue. */
export function createDatabaseActivities(context: EngineContext): DatabaseActivities {
  return {
    assessCase: (question) => guarded(context, () => assessCase(context, question)),
    assessCustody: (question) => guarded(context, () => assessCustody(context, question)),
    reconcileWorkflows: () => guarded(context, () => reconcileWorkflows(context)),
    pickupConnector: (ref) => guarded(context, () => pickupConnector(context, ref)),
    startScheduled: () => guarded(context, () => startScheduled(context)),
    planReconciliation: (ref) => guarded(context, () => planReconciliation(context, ref)),
    abandonAssets: (ref) => guarded(context, () => abandonAssets(context, ref)),
    judgeAssets: (ref) => guarded(context, () => judgeAssets(context, ref, beat)),
  };
}

/** Run by each connector's queue. */
export function createVendorActivities(context: EngineContext): VendorActivities {
  return {
    askSource: (ref) => guarded(context, () => beating(() => askSource(context, ref))),
    lookUpSerials: (ref) => guarded(context, () => beating(() => lookUpSerials(context, ref))),
    cutAccess: (ref) => guarded(context, () => beating(() => cutAccess(context, ref))),
    sendWipe: (ref) => guarded(context, () => beating(() => sendWipe(context, ref))),
    resolveWipe: (ref) => guarded(context, () => beating(() => resolveWipe(context, ref))),
    readSilence: (ref) => guarded(context, () => readSilence(context, ref)),
    cancelWipe: (ref) => guarded(context, () => cancelWipe(context, ref)),
    sendRetire: (ref) => guarded(context, () => beating(() => sendRetire(context, ref))),
    lockDevice: (ref) => guarded(context, () => beating(() => lockDevice(context, ref))),
    releaseDevice: (ref) => guarded(context, () => beating(() => releaseDevice(context, ref))),
    makeLabel: (ref) => guarded(context, () => beating(() => makeLabel(context, ref))),
    closeInventory: (ref) => guarded(context, () => beating(() => closeInventory(context, ref))),
    bookPickup: (ref) => guarded(context, () => beating(() => bookPickup(context, ref))),
    sendNotices: (ref) => guarded(context, () => beating(() => sendNotices(context, ref))),
    askInventory: (ref) => guarded(context, () => beating(() => askInventory(context, ref))),
    drainInbox: (ref) => guarded(context, () => drainInbox(context, ref, beat)),
    backfillLeavers: (ref) => guarded(context, () => backfillLeavers(context, ref, beat)),
    listLeavers: (ref) => guarded(context, () => listLeavers(context, ref, beat)),
    sweepWipes: (ref) => guarded(context, () => sweepWipes(context, ref, beat)),
    sweepIdentity: (ref) => guarded(context, () => sweepIdentity(context, ref, beat)),
    sweepHolds: (ref) => guarded(context, () => sweepHolds(context, ref, beat)),
    sweepInventory: (ref) => guarded(context, () => sweepInventory(context, ref, beat)),
    sweepParcels: (ref) => guarded(context, () => sweepParcels(context, ref, beat)),
    sweepPickups: (ref) => guarded(context, () => sweepPickups(context, ref, beat)),
    readBooks: (ref) => guarded(context, () => beating(() => readBooks(context, ref))),
    countFleet: (ref) => guarded(context, () => countFleet(context, ref, beat)),
    snapshotDirectory: (ref) => guarded(context, () => snapshotDirectory(context, ref, beat)),
  };
}

/** Whatever fails leaves as a failure made of codes: an error's own text may quote data. */
async function guarded<T>(context: EngineContext, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw tryAgain(context, error);
  }
}

/** So that a worker that died is noticed long before the activity's time is over. A quick one ends before its first beat. */
async function beating<T>(run: () => Promise<T>): Promise<T> {
  const activity = Context.current();
  const timer = setInterval(() => activity.heartbeat(), BEAT_MS);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

const BEAT_MS = 5_000;

function beat(): void {
  Context.current().heartbeat();
}
