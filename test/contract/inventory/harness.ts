/** What an inventory adapter brings to its suite, and what the suite's parts share. */
import type { Effect } from '../../../sandbox/core/effects.ts';
import type { Asset, Inventory } from '../../../src/adapters/inventory/port.ts';
import type { VendorSandbox } from '../support/sandbox.ts';

export interface InventoryHarness {
  readonly sandbox: VendorSandbox;
  /** Pages of at most three rows, a time limit of about a second, a rate that never waits. */
  readonly inventory: Inventory;
  /** The same, against a port where nobody listens. */
  readonly unreachable: Inventory;
  /** An id as the adapter's own are, of a record that need not be there; `1` where none is given. */
  readonly anId?: string;
  /** What a record says of life: nothing, where it knows assignments alone. A value or a matcher. */
  readonly lastSeenAt?: unknown;
  /** Matchers for a read of one asset, and for each request of a closure that changes something (none: it is only read). */
  readonly readOne: { readonly method: string; readonly path: string };
  readonly writes: readonly { readonly method: string; readonly path: string }[];
  /** Whether a credential that is refused is renewed, once, before that is said. */
  readonly renewsOnce?: boolean;
  /** The vendor's delay in a 429, as the simulator says it. */
  readonly sendsRetryAfter: boolean;
  /** Whether an effect took the asset from whoever held it. */
  unassigns(effect: Effect): boolean;
  /** Whether the vendor takes an asset from its holder by itself when its state says that nobody uses it. */
  readonly unassignsByItself?: boolean;
  /** Whether an effect released a licence (`behaviour.inventory.licences` of the company document). */
  releases?(effect: Effect): boolean;
  /** Somebody else allocates one more licence to a device. */
  allocate?(device: string): Promise<void>;
  /** Whether it is a conflict, too, that somebody took it back between our read and our write: what we want, but a change. */
  readonly minds: 'every change' | 'what is not wanted';
  /** Somebody has it written off again; absent where the inventory keeps nothing of the kind. */
  resumeDepreciation?(device: string): Promise<void>;
  /** Whether its settings name a column for what became of an asset. */
  readonly keepsDisposition: boolean;
  /** Somebody else's hand. `device` is its key or the vendor's id; `holder` a person's key, `null` for nobody; `soon` just after its next read. */
  change(
    device: string,
    change: { holder?: string | null; serial?: string; disposed?: boolean; removed?: boolean },
    soon?: boolean,
  ): Promise<void>;
}

/** Filled before the first test runs. */
export interface InventoryContext {
  harness: InventoryHarness;
  inventory: Inventory;
  sandbox: VendorSandbox;
  /** The first record of a serial. */
  one(serial: string): Promise<Asset>;
  /** The whole listing, page after page. */
  all(): Promise<readonly Asset[]>;
}
