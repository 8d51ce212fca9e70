/** The month: what vendors and hardware do, then what people decide. */
import { entraLeaver, hrLeaver, plainOktaLeaver, withoutDevices } from './leavers.ts';
import { bookedOnAnother, legalHold } from './held-back.ts';
import { siteLeavers } from './morning.ts';
import { lostPhone, personalPhone, redeployedLaptop } from './other-routes.ts';
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
  personalPhone,
  redeployedLaptop,
  lostPhone,
  bookedOnAnother,
  legalHold,
  ...siteLeavers,
];

/** Stories that are shown as one: those of people who leave by the same event; each of the others alone. */
export const ROWS: readonly (readonly [Story, ...Story[]])[] = [
  ...Map.groupBy(STORIES, ({ person, group }) => group ?? person).values(),
].flatMap(([first, ...others]) => (first === undefined ? [] : [[first, ...others] as const]));
