/** Where a device is going, and so which evidence its gates ask for. */
export const ROUTES = [
  'dispose',
  'redeploy',
  'lessor-return',
  'employee-sale',
  'legal-retention',
  'personal',
  'lost',
] as const;
export type Route = (typeof ROUTES)[number];

/** Any route but this one is a person's decision. */
export const DEFAULT_ROUTE: Route = 'dispose';
