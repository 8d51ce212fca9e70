/** Every workflow, for the bundle. */
export { offboardingCase } from './offboarding-case.ts';
export { deviceCustody } from './device-custody.ts';
export { itadPickup } from './itad-pickup.ts';
export { backfillLeavers } from './backfill-leavers.ts';
export { connectorIntake } from './connector-intake.ts';
export { countFleet, reconcile, snapshotDirectory, sweepIdentity, sweepWipes } from './sweeps.ts';
