/** Every workflow, for the bundle. */
export { offboardingCase } from './offboarding-case.ts';
export { deviceCustody } from './device-custody.ts';
export { itadPickup } from './itad-pickup.ts';
export { backfillLeavers } from './backfill-leavers.ts';
export { listLeavers } from './list-leavers.ts';
export { connectorIntake } from './connector-intake.ts';
export { connectorNotices } from './connector-notices.ts';
export { inventoryAsking } from './inventory-asking.ts';
export { reconcileAssets, startAssetReconciliation } from './reconcile-assets.ts';
export {
  countFleet,
  reconcile,
  snapshotDirectory,
  sweepHolds,
  sweepIdentity,
  sweepInventory,
  sweepParcels,
  sweepPickups,
  sweepWipes,
} from './sweeps.ts';
