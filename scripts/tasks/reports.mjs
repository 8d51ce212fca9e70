/** Where `npm test` leaves its reports, for `.ci/run` and for people. Git ignores the directory. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const reports = resolve(dirname(fileURLToPath(import.meta.url)), '../../reports');
/** vitest's own JSON report. */
export const vitestReport = join(reports, 'vitest.json');
/** The stages: `[{ name, outcome: 'passed' | 'failed', ms }]`. */
export const stagesReport = join(reports, 'stages.json');
