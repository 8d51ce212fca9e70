/**
 * The vendors as the model meets them: a directory, a device manager and an inventory with their own memory. What the device
 * manager was made to do is counted here, by itself, and by nobody else. Nothing in here knows a rule.
 */
import type { Ownership, Platform } from '../../../src/domain/platform.ts';

export type AccountState = 'active' | 'suspended' | 'deactivated';

export interface ManagedRecord {
  readonly id: string;
  serial: string;
  ownership: Ownership;
  readonly platform: Platform;
  /** Key of a person. */
  holder: string | null;
  readonly wipes: Wiped[];
}

export interface BookedAsset {
  readonly id: string;
  serial: string;
  ownership: Ownership;
  holder: string | null;
}

/** One wipe as the device manager remembers it: an effect, whatever became of its answer. */
export interface Wiped {
  /** 1 for the first of the estate; no gaps. */
  readonly n: number;
  readonly mdmId: string;
  /** Of the record in that moment. */
  readonly serial: string;
  /** As the caller named it. */
  readonly commandId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** From when on it is shown. */
  readonly shownAt: number;
  state: 'pending' | 'done' | 'failed';
  updatedAt: number;
}

/** What becomes of the next wipe that is asked for. */
export const WIPE_FAULTS = [
  'refused',
  'busy',
  'lost-before',
  'lost-after',
  'garbled',
  'breaks-before',
  'breaks-after',
  'shown-late',
] as const;
export type WipeFault = (typeof WIPE_FAULTS)[number];

/** The device manager shows a command this much later, at most: less than its settling time. */
export const SHOWN_LATE_MS = 8_000;

export const PEOPLE = ['ada', 'bob', 'cyd'] as const;
const MACHINES: readonly { readonly serial: string; readonly holder: string; readonly platform: Platform }[] =
  [
    { serial: 'PF0ADA01', holder: 'ada', platform: 'windows' },
    { serial: 'PF0ADA02', holder: 'ada', platform: 'windows' },
    { serial: 'PF0BOB01', holder: 'bob', platform: 'windows' },
    { serial: 'PF0BOB02', holder: 'bob', platform: 'ios' },
    { serial: 'PF0CYD01', holder: 'cyd', platform: 'windows' },
    { serial: 'PF0CYD02', holder: 'cyd', platform: 'android' },
  ];

export class Estate {
  readonly accounts = new Map<string, AccountState>(PEOPLE.map((key) => [key, 'active']));
  /** The directory's own device links: serials by person. */
  readonly links = new Map<string, Set<string>>(PEOPLE.map((key) => [key, new Set<string>()]));
  readonly records = new Map<string, ManagedRecord>();
  readonly assets = new Map<string, BookedAsset>();
  /** Every wipe that took effect, in order. */
  readonly wiped: Wiped[] = [];
  /** How often a wipe was asked for, with or without effect. */
  asked = 0;
  readonly down = new Set<string>();
  /** Whom the legal department's own system names. */
  readonly outsideHolds = new Set<string>();
  fault: WipeFault | null = null;
  readonly clock: () => number;
  /** Called in the moment of each effect, before anybody is answered. */
  onWipe: (wiped: Wiped) => Promise<void> = async () => undefined;
  #made = 0;

  constructor(clock: () => number) {
    this.clock = clock;
    for (const { serial, holder, platform } of MACHINES) {
      this.enrol({ serial, holder, platform, ownership: 'corporate' });
      this.book({ serial, holder, ownership: 'corporate' });
      this.links.get(holder)?.add(serial);
    }
  }

  enrol(record: Omit<ManagedRecord, 'id' | 'wipes'>): ManagedRecord {
    const id = `mdm-${(this.#made += 1)}`;
    const made = { ...record, id, wipes: [] };
    this.records.set(id, made);
    return made;
  }

  book(asset: Omit<BookedAsset, 'id'>): void {
    const id = `asset-${(this.#made += 1)}`;
    this.assets.set(id, { ...asset, id });
  }

  /** The device manager carries a wipe out, or notes it for later. */
  async wipe(record: ManagedRecord, commandId: string, shownAt: number): Promise<void> {
    const now = this.clock();
    const wiped: Wiped = {
      n: this.wiped.length + 1,
      mdmId: record.id,
      serial: record.serial,
      commandId,
      at: now,
      shownAt,
      state: 'pending',
      updatedAt: now,
    };
    this.wiped.push(wiped);
    record.wipes.push(wiped);
    await this.onWipe(wiped);
  }

  takeFault(): WipeFault | null {
    const { fault } = this;
    this.fault = null;
    return fault;
  }
}
