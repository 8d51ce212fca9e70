/** The month, in the order in which its stories begin. */
import { entraLeaver, hrLeaver, plainOktaLeaver, withoutDevices } from './leavers.ts';
import type { Story } from './stage.ts';
import {
  failedWipe,
  lateReturn,
  offlineLaptop,
  rehireInTime,
  sourceDown,
  unknownToInventory,
} from './trouble.ts';

export const STORIES: readonly Story[] = [
  plainOktaLeaver,
  entraLeaver,
  withoutDevices,
  hrLeaver,
  rehireInTime,
  offlineLaptop,
  failedWipe,
  lateReturn,
  unknownToInventory,
  sourceDown,
];
