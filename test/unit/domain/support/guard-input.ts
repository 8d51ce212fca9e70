/** A wipe that the guard lets through. */
import type { GuardInput } from '../../../../src/domain/guard.ts';
import { MINUTE, T0 } from './history.ts';

export const ALLOWED: GuardInput = {
  killSwitch: false,
  connectorMode: 'enforce',
  caseOpen: true,
  custodyOpen: true,
  canWipe: true,
  expected: { serial: 'PF2ABC01', mdmId: 'mdm-1', actionHash: 'hash' },
  approval: { actionHash: 'hash', expiresAt: T0 + MINUTE, revoked: false, byPeople: false },
  parameters: { keepUserData: false, keepEnrollmentData: false },
  mismatch: null,
  route: 'dispose',
  live: { mdmId: 'mdm-1', serial: 'pf2-abc-01', ownership: 'corporate' },
  ownership: 'corporate',
  holdersAtDiscovery: [
    { connector: 'entra', holder: 'leaver' },
    { connector: 'intune', holder: 'leaver' },
    { connector: 'snipeit', holder: 'nobody' },
  ],
  holdersNow: [
    { connector: 'entra', holder: 'nobody' },
    { connector: 'intune', holder: 'leaver' },
    { connector: 'snipeit', holder: 'nobody' },
  ],
  person: 'gone',
  recentUse: 'none',
  holds: 'none',
  limitLeft: true,
  now: T0,
};
