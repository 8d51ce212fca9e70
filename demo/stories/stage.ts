/** What a story is, and what it is played with. */
import { setTimeout as sleep } from 'node:timers/promises';
import { devicesOf } from '../cast.ts';
import type { CastDevice, PersonKey } from '../cast.ts';
import type { Desks } from '../engine/desks.ts';
import type { Case, Custody, DeviceGate, GateStanding } from '../engine/shapes.ts';
import type { TwoPeople } from '../engine/two-people.ts';
import type { Watch } from '../engine/watch.ts';
import type { VendorPeople } from '../vendors/people.ts';

/** A day of the compressed month. */
export const DAY_MS = 1000;

export interface Stage {
  readonly watch: Watch;
  readonly desks: Desks;
  readonly twoPeople: TwoPeople;
  readonly vendors: VendorPeople;
  /** The engine's id of somebody. */
  personId(key: PersonKey): Promise<string>;
  /** Days since the month began. */
  day(): number;
  /** Something happens outside that people should see. */
  say(key: PersonKey | null, text: string): void;
  days(count: number): Promise<void>;
  /** What was seen on the way and is gone by the end; the checks ask for it. */
  readonly seen: Set<Sight>;
}

export type Sight =
  | 'wipe-waits-for-device'
  | 'discovery-waits-for-okta'
  | 'leave-was-scheduled'
  | 'rehire-was-scheduled'
  | 'okta-is-back'
  | 'limit-is-released'
  | 'mismatch-needs-two'
  | 'release-needs-two'
  | 'dock-refuses';

/** Where a device goes; any but the first is the decision of two people. */
export type Route = 'dispose' | 'redeploy' | 'personal' | 'lost';

export interface Story {
  readonly person: PersonKey;
  /** What sets it apart, in a few words. */
  readonly title: string;
  /** Where the leave becomes known. */
  readonly by: 'Okta' | 'Entra ID' | 'HR';
  /** On which day it begins. */
  readonly begins: number;
  readonly ends: 'completed' | 'open' | 'cancelled';
  /** Of the person's devices; left out: they are disposed of. */
  readonly route?: Route;
  /** Those who leave by the same event are shown together, under this name. */
  readonly group?: string;
  play(stage: Stage): Promise<void>;
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal });
}

/** The custody of one device in its holder's case. */
export function custodyOf(standing: Case | null, device: CastDevice): Custody | null {
  return standing?.custodies.find((custody) => custody.serial === device.serial) ?? null;
}

export function gateOf(custody: Custody | null, gate: DeviceGate): GateStanding | null {
  return custody?.gates.find((one) => one.gate === gate) ?? null;
}

export function isThrough(state: string | undefined): boolean {
  return state === 'satisfied' || state === 'not-applicable' || state === 'substituted' || state === 'waived';
}

/** The only device of somebody who has one. */
export function deviceOf(key: PersonKey): CastDevice {
  const [device] = devicesOf(key);
  if (device === undefined) throw new Error(`${key} has no device`);
  return device;
}

/** A case in state `state`, waited for. */
export function ended(stage: Stage, key: PersonKey, state: 'completed' | 'cancelled'): Promise<Case> {
  return stage.watch.until(`the case of ${key} to be ${state}`, () => {
    const standing = stage.watch.caseOf(key);
    return standing?.state === state ? standing : null;
  });
}
