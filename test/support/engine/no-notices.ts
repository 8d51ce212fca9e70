import type { NoticePlan } from '../../../src/domain/notices/plan.ts';

/** Nobody is told anything. */
export const NO_NOTICES: NoticePlan = {
  mailPeopleBy: null,
  roles: {},
  language: 'en',
  timeZone: 'UTC',
  quietHours: null,
  giveUpAfterMs: 60_000,
  countries: {},
};
