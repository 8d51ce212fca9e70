/** Roles of whoever uses the API. What each may do is one table, in `api/permissions.ts`. */
export const ROLES = [
  'viewer',
  'operator',
  'approver',
  'asset-manager',
  'dock',
  'legal',
  'finance',
  'auditor',
  'vendor',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles that a group or a program can be given without naming connectors. */
export const UNBOUND_ROLES = ROLES.filter((role) => role !== 'vendor');

/** Roles of programs: decisions that need a person are not theirs. */
export const PROGRAM_ROLES = UNBOUND_ROLES.filter(
  (role) => role !== 'approver' && role !== 'legal' && role !== 'admin',
);
