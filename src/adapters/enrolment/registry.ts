/** Every enrolment programme adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import { AbmSettings, createAbm } from './abm/index.ts';
import type { EnrolmentProgramme } from './port.ts';

export const ENROLMENT_PROGRAMMES = {
  abm: adapter({ settings: AbmSettings, create: createAbm }),
} satisfies Readonly<Record<string, AdapterEntry<EnrolmentProgramme>>>;
