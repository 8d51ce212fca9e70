export { offboardLeaver } from './leaver.ts';
export { collectDevices } from './pickup.ts';
export { sweepWipes } from './sweep.ts';
