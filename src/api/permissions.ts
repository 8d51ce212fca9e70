/**
 * The one table of what a role may do. The API's guard asks nothing else; `docs/api.md` prints it. A token may carry several
 * roles and may do what any of them may; `vendor` sees what belongs to its own connectors only. `admin` runs the installation: it decides about no device and scans none.
 */
import type { Role } from '../config/schema.ts';

export type { Role } from '../config/schema.ts';

const READERS = [
  'viewer',
  'operator',
  'approver',
  'asset-manager',
  'legal',
  'finance',
  'auditor',
  'admin',
] as const;
const EVERYBODY = [...READERS, 'dock', 'vendor'] as const;

/** What a route does, and the roles that may have it done. */
export const PERMISSIONS = {
  'openapi.read': EVERYBODY,
  'me.read': EVERYBODY,
  'actors.read': READERS,
  'access.read': ['auditor', 'admin'],
  'access.change': ['admin'],
  'metrics.read': ['viewer', 'admin'],
  'cases.read': READERS,
  'cases.open': ['operator'],
  'cases.cancel': ['operator'],
  'stuck.read': READERS,
  'devices.read': [...READERS, 'dock'],
  'intake.scan': ['dock'],
  'exceptions.read': READERS,
  'exceptions.resolve': ['operator', 'asset-manager', 'approver'],
  'tickets.link': ['operator', 'asset-manager', 'approver', 'legal'],
  'notifications.read': READERS,
  'notifications.resend': ['operator'],
  'people.read': ['operator'],
  'people.write': ['operator'],
  'people.show': ['operator', 'legal', 'auditor', 'admin'],
  'inbox.read': ['operator', 'auditor', 'admin'],
  'inbox.retry': ['operator', 'admin'],
  'connectors.read': READERS,
  'switches.read': READERS,
  'switches.kill': ['operator', 'approver', 'admin'],
  'wipe-limit.read': READERS,
  'decisions.read': READERS,
  'decisions.approve-wipe.ask': ['operator', 'asset-manager', 'approver'],
  'decisions.approve-wipe.decide': ['approver'],
  'decisions.approve-mismatch.ask': ['operator', 'asset-manager', 'approver'],
  'decisions.approve-mismatch.decide': ['approver'],
  'decisions.vendor-sanitises.ask': ['operator', 'asset-manager', 'approver'],
  'decisions.vendor-sanitises.decide': ['approver'],
  'decisions.declare-lost.ask': ['operator', 'asset-manager', 'approver'],
  'decisions.declare-lost.decide': ['approver'],
  'decisions.change-route.ask': ['operator', 'asset-manager', 'legal', 'finance', 'approver'],
  'decisions.change-route.decide': ['approver'],
  'decisions.waive-gate.ask': ['operator', 'asset-manager', 'legal', 'approver'],
  'decisions.waive-gate.decide': ['approver'],
  'decisions.release-wipe-limit.ask': ['operator', 'approver', 'admin'],
  'decisions.release-wipe-limit.decide': ['approver', 'admin'],
  'decisions.kill-switch-off.ask': ['operator', 'approver', 'admin'],
  'decisions.kill-switch-off.decide': ['approver', 'admin'],
  'decisions.change-policy.ask': ['admin'],
  'decisions.change-policy.decide': ['approver', 'admin'],
  'decisions.move-policy.ask': ['operator', 'admin'],
  'decisions.move-policy.decide': ['approver', 'admin'],
  'decisions.erase-person.ask': ['operator', 'legal', 'approver', 'admin'],
  'decisions.erase-person.decide': ['approver', 'legal', 'admin'],
  'backfills.read': READERS,
  'backfills.start': ['operator', 'admin'],
  'holds.read': READERS,
  'holds.legal': ['legal'],
  'holds.data-handover': ['operator', 'legal'],
  'handover.record': ['operator', 'asset-manager'],
  'sanitisation.record': ['asset-manager', 'dock'],
  'retirements.open': ['operator', 'asset-manager'],
  'drives.record': ['asset-manager', 'dock'],
  'returns.read': ['operator', 'asset-manager', 'dock'],
  'returns.drop-off': ['dock'],
  'inspections.record': ['asset-manager', 'dock'],
  'documents.record': ['asset-manager', 'finance'],
  'loss.report': ['operator', 'asset-manager'],
  'policy.read': READERS,
  'ledger.read': READERS,
  'ledger.checkpoint': ['operator', 'auditor', 'admin'],
  'evidence.export': ['operator', 'approver', 'asset-manager', 'legal', 'auditor', 'admin'],
  'evidence.period': ['legal', 'auditor', 'admin'],
  'evidence.identifiers': ['legal', 'auditor'],
  'codec.use': ['auditor', 'admin'],
  'pickups.read': EVERYBODY,
  'pickups.create': ['asset-manager'],
  'pickups.scan': ['dock', 'asset-manager'],
  'pickups.count': ['dock', 'asset-manager'],
  'pickups.sign': ['dock', 'asset-manager'],
  'pickups.confirm': ['dock', 'asset-manager'],
  'handovers.read': [...READERS, 'dock'],
  'handovers.erase-name': ['admin'],
  'deadlines.read': READERS,
  'staging.read': [...READERS, 'dock'],
  'reconciliations.read': READERS,
  'reconciliations.start': ['operator', 'asset-manager', 'finance', 'auditor', 'admin'],
  'vendors.read': [...READERS, 'dock'],
  'vendors.record': ['asset-manager'],
  'imports.read': READERS,
  'imports.make': ['asset-manager'],
  'imports.decide': ['asset-manager'],
  'mappings.read': READERS,
  'mappings.save': ['asset-manager'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Action = keyof typeof PERMISSIONS;

/** Whether somebody with these roles may do it. */
export function isAllowed(roles: readonly Role[], action: Action): boolean {
  const allowed: readonly Role[] = PERMISSIONS[action];
  return roles.some((role) => allowed.includes(role));
}

/** For the one role that is bound to connectors: whether it alone lets somebody do it. */
export function isVendorOnly(roles: readonly Role[], action: Action): boolean {
  return !isAllowed(
    roles.filter((role) => role !== 'vendor'),
    action,
  );
}

/** The table as Markdown, one row per action. */
export function permissionsTable(roles: readonly Role[]): string {
  const rows = (Object.keys(PERMISSIONS) as Action[]).map((action) => [
    `\`${action}\``,
    ...roles.map((role) => (isAllowed([role], action) ? '●' : '')),
  ]);
  const lines = [['action', ...roles], ['---', ...roles.map(() => ':-:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
