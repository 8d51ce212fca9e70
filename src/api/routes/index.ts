/** Every route of the REST interface, one file per resource. */
import type { Route } from '../route.ts';
import { CASE_ROUTES } from './cases.ts';
import { STUCK_ROUTES } from './stuck.ts';

export const ROUTES: readonly Route[] = [...CASE_ROUTES, ...STUCK_ROUTES];
