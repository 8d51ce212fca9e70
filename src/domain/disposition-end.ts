import type { Route } from './routes.ts';

/** What became of a device at the end of its custody. */
export const DISPOSITIONS = [
  'destroyed',
  'sanitised',
  'redeployed',
  'returned-to-lessor',
  'sold-to-employee',
  'retained',
  'lost',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** By the route it took; the disposal route's end is what its certificate says. */
export const DISPOSITION_BY_ROUTE: Readonly<Record<Exclude<Route, 'dispose'>, Disposition>> = {
  redeploy: 'redeployed',
  'lessor-return': 'returned-to-lessor',
  'employee-sale': 'sold-to-employee',
  'legal-retention': 'retained',
  // Its owner keeps it; only the organisation's data went.
  personal: 'retained',
  lost: 'lost',
};
