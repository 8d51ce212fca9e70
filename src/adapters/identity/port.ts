/**
 * The identity provider: who somebody is, whether they are still here, what they hold by its own records, and the cut of
 * their access. Implemented by `okta/` and `entra/`.
 */
import type { DeviceSighting } from '../../domain/sighting.ts';
import type { LifecycleKind } from '../../domain/lifecycle.ts';
import type { AccessItemReading } from '../../domain/access.ts';
import type { CallOptions, Page } from '../read-options.ts';

/** The account's state in our words. `deactivated` is Okta's DEPROVISIONED, Entra's accountEnabled=false. */
export type AccountState = 'active' | 'suspended' | 'deactivated' | 'deleted';

/** A person as a provider or HR system knows them. Personal data: stays in the people tables, never in facts. */
export interface DirectoryPerson {
  readonly externalId: string;
  readonly state: AccountState;
  /** HR number (Okta employeeNumber, Entra employeeId). */
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
  readonly login: string | null;
  readonly displayName: string | null;
  readonly country: string | null;
  /** The manager's id in this same provider, or their HR number where the provider keeps that. */
  readonly managerExternalId: string | null;
  /** Entra's employeeLeaveDateTime, ISO 8601 UTC. */
  readonly leaveAt: string | null;
  /** When somebody last signed in, ISO 8601 UTC; absent where the provider does not tell. */
  readonly lastSignInAt?: string | null;
  /** Since when the account has its state, ISO 8601 UTC; absent where the provider does not tell. */
  readonly stateSince?: string | null;
}

/** Something a provider or HR system said happened. A hint: the provider's state is read again before acting on it. */
export interface LifecycleHint {
  /** The provider's own event id (Okta LogEvent uuid …): the same one by hook and by poll. */
  readonly eventId: string;
  readonly kind: LifecycleKind;
  readonly externalId: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** When it takes effect; `null` = when it occurred. ISO 8601 UTC. */
  readonly effectiveAt: string | null;
  /** Read off the account's state, not told of a change: it may only repeat what has been said. */
  readonly fromState?: true;
  /** What an HR system says of the person along with it. */
  readonly person?: Omit<DirectoryPerson, 'externalId' | 'state' | 'leaveAt' | 'login'> & {
    readonly timeZone: string | null;
  };
  /** Serials that an HR system believes the person holds: hints, never proof. */
  readonly deviceHints?: readonly string[];
}

export interface IdentityProvider {
  /** `hard`: a deactivated account alone means gone (Okta). `dated`: it needs a passed leave date too (Entra). */
  readonly goneRule: 'hard' | 'dated';
  /** The live account; `null` when the provider knows no such id. Never from a cache. */
  readPerson(externalId: string, options?: CallOptions): Promise<DirectoryPerson | null>;
  /**
   * Live look-up by the keys that link a person across systems: accounts whose HR number or work e-mail equals one of
   * `keys` exactly (compared again on our side, case-insensitively for e-mail). Deactivated accounts included.
   */
  findPersons(
    keys: { readonly employeeNumber: string | null; readonly workEmail: string | null },
    options?: CallOptions,
  ): Promise<readonly DirectoryPerson[]>;
  /** All accounts, page by page, deactivated ones included where the provider still lists them. */
  listPersons(cursor: string | null, options?: CallOptions): Promise<Page<DirectoryPerson>>;
  /**
   * Every device that the provider ties to the account: fully paged, or it throws. Empty means none.
   * Okta: device links; Entra: owned and registered devices, each once.
   */
  listDevicesOf(externalId: string, options?: CallOptions): Promise<readonly DeviceSighting[]>;
  /**
   * Disables the account, revokes its sessions (with its OAuth tokens) and its grants; each is idempotent and safe to
   * repeat. What was so already is no error. Throws on the first that fails; repeat the whole.
   */
  cutAccess(externalId: string, options?: CallOptions): Promise<readonly AccessItemReading[]>;
  /**
   * Reads the cut back, item by item, without changing anything. `cutAt` is when ours was done (ISO 8601 UTC), `null` to
   * look only: sessions count as cut when the provider says they ended at or after it.
   */
  readAccess(
    externalId: string,
    cutAt: string | null,
    options?: CallOptions,
  ): Promise<readonly AccessItemReading[]>;
  /**
   * What changed since `cursor` (`null`: from now on, or for Graph a full first round), oldest first: recovers what a hook
   * dropped. `cursor` of the answer replaces the old one once the hints are stored. `resync` tells that the old cursor had
   * expired and the state of all persons was read anew.
   */
  changesSince(
    cursor: string | null,
    options?: CallOptions,
  ): Promise<{
    readonly hints: readonly LifecycleHint[];
    readonly cursor: string;
    readonly more: boolean;
    readonly resync: boolean;
  }>;
  /** Keeps the provider's push channel alive (Graph subscriptions: create, renew); nothing where it needs none. */
  keepSubscribed?(options?: CallOptions): Promise<void>;
  /** Read-only reachability and permissions, for `handback doctor`: one line per missing permission. */
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
