import type { CrashPoint } from '../../../src/activities/context.ts';

/** Around the sending of a message: tested by themselves, since an offboarding in time sends none. */
export const NOTICE_POINTS = ['notice-claimed', 'notice-sent'] as const satisfies readonly CrashPoint[];
