/** What workflows may ask for: types only, the implementations are in `activities/`. */
import type { ReleaseStep } from '../domain/device-commands.ts';
import type { DeviceGate } from '../domain/gates.ts';
import type { CaseStation } from '../domain/rules/case.ts';
import type { ReconciliationPlan, ReconciliationRef } from './asset-books.ts';
import type { Answer, CaseQuestion, CustodyQuestion } from './assess.ts';

export interface SourceRef {
  readonly caseId: string;
  readonly generation: number;
  readonly connector: string;
}

export interface CustodyRef {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
}

export interface WipeRef extends CustodyRef {
  readonly approvalId: string;
}

/** Only the database is needed. */
export interface DatabaseActivities {
  assessCase(question: CaseQuestion): Promise<Answer<CaseStation>>;
  assessCustody(question: CustodyQuestion): Promise<Answer<DeviceGate>>;
  reconcileWorkflows(): Promise<{ readonly subjects: number }>;
  pickupConnector(ref: { readonly pickupId: string }): Promise<string>;
  startScheduled(): Promise<void>;
  planReconciliation(ref: ReconciliationRef): Promise<ReconciliationPlan | null>;
  abandonAssets(ref: ReconciliationRef): Promise<void>;
  judgeAssets(ref: ReconciliationRef): Promise<void>;
}

/** A vendor is asked, on its connector's queue. */
export interface VendorActivities {
  askSource(ref: SourceRef): Promise<void>;
  lookUpSerials(ref: SourceRef): Promise<void>;
  cutAccess(ref: SourceRef): Promise<void>;
  sendWipe(ref: WipeRef): Promise<void>;
  resolveWipe(ref: WipeRef): Promise<void>;
  readSilence(ref: WipeRef): Promise<void>;
  cancelWipe(ref: WipeRef): Promise<void>;
  sendRetire(ref: CustodyRef & { readonly attempt: number }): Promise<void>;
  lockDevice(ref: CustodyRef): Promise<void>;
  releaseDevice(ref: CustodyRef & { readonly steps: readonly ReleaseStep[] }): Promise<void>;
  makeLabel(ref: CustodyRef): Promise<void>;
  closeInventory(ref: CustodyRef): Promise<void>;
  bookPickup(ref: { readonly pickupId: string }): Promise<void>;
  sendNotices(ref: { readonly connector: string }): Promise<void>;
  askInventory(ref: { readonly connector: string }): Promise<void>;
  drainInbox(ref: { readonly connector: string }): Promise<void>;
  backfillLeavers(ref: { readonly connector: string; readonly backfillId: string }): Promise<void>;
  listLeavers(ref: { readonly connector: string; readonly periodId: string }): Promise<void>;
  sweepWipes(ref: {
    readonly connector: string;
  }): Promise<{ readonly pending: number; readonly changed: number }>;
  sweepIdentity(ref: { readonly connector: string }): Promise<void>;
  sweepHolds(ref: {
    readonly connector: string;
  }): Promise<{ readonly placed: number; readonly lifted: number }>;
  sweepInventory(ref: {
    readonly connector: string;
  }): Promise<{ readonly closed: number; readonly left: number }>;
  sweepParcels(ref: {
    readonly connector: string;
  }): Promise<{ readonly parcels: number; readonly changed: number; readonly givenBack: number }>;
  sweepPickups(ref: {
    readonly connector: string;
  }): Promise<{ readonly pickups: number; readonly lists: number }>;
  readBooks(ref: ReconciliationRef & { readonly connector: string }): Promise<void>;
  countFleet(ref: { readonly connector: string }): Promise<{ readonly devices: number }>;
  snapshotDirectory(ref: { readonly connector: string }): Promise<{ readonly people: number }>;
}
