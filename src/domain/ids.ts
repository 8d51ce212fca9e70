/** Opaque ids and workflow ids. Ids carry no personal data, so they may stand in logs, metrics and workflow ids. */

export const ID_PREFIXES = {
  person: 'per',
  case: 'case',
  device: 'dev',
  pickup: 'pick',
  approval: 'appr',
  intent: 'int',
  exception: 'exc',
  hold: 'hold',
  scan: 'scan',
  decision: 'dcn',
  handover: 'hand',
  report: 'rep',
  receipt: 'rcpt',
  reconciliation: 'rcn',
  backfill: 'bfl',
  import: 'imp',
  notification: 'ntf',
  revocation: 'rev',
  count: 'cnt',
  signature: 'sig',
  certification: 'cft',
  facility: 'fac',
  period: 'prd',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** `case:<case id>:<generation>` */
export function caseWorkflowId(caseId: string, generation: number): string {
  return `case:${caseId}:${generation}`;
}

/** `custody:<device id>:<epoch>` */
export function custodyWorkflowId(deviceId: string, epoch: number): string {
  return `custody:${deviceId}:${epoch}`;
}

export function pickupWorkflowId(pickupId: string): string {
  return `pickup:${pickupId}`;
}

/** One part of a backfill: `backfill:<id>:<connector>`. */
export function backfillWorkflowId(backfillId: string, connector: string): string {
  return `backfill:${backfillId}:${connector}`;
}

/** One run of the books held against our records: `assets:<id>`. */
export function reconciliationWorkflowId(reconciliationId: string): string {
  return `assets:${reconciliationId}`;
}

/** One source's part of the population of a period: `period:<id>:<connector>`. */
export function periodWorkflowId(periodId: string, connector: string): string {
  return `period:${periodId}:${connector}`;
}

/** The workflow that asks one inventory about what was just scanned; one at a time, so wakes coalesce. */
export function askingWorkflowId(connector: string): string {
  return `asking:${connector}`;
}

/** The workflow that sends what waits for one notifier; one at a time, so wakes coalesce. */
export function noticesWorkflowId(connector: string): string {
  return `notices:${connector}`;
}

/** The workflow that drains a connector's inbox; one at a time, so nudges coalesce. */
export function intakeWorkflowId(connector: string): string {
  return `intake:${connector}`;
}
