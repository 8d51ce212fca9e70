/** What happens to cases of Microsoft Purview eDiscovery, in memory. */
import { stableUuid } from '../core/ids.ts';
import type {
  Custodian,
  CustodianChange,
  EdiscoveryCase,
  EdiscoveryRole,
  HoldChange,
  HoldPolicy,
} from './ediscovery-case.ts';

const BY = { application: null, user: { id: null, displayName: 'MOD Administrator' } };
/** The policy that the service keeps by itself for the custodians of a case. */
const OF_CUSTODIANS = ':custodians';

/** The cases of one tenant, changed as people in the Purview portal do. */
export class EdiscoveryCases {
  readonly byId = new Map<string, EdiscoveryCase>();
  role: EdiscoveryRole = 'administrator';
  readonly #instance: string;
  readonly #now: () => string;

  constructor(instance: string, now: () => string) {
    this.#instance = instance;
    this.#now = now;
  }

  clear(): void {
    this.byId.clear();
    this.role = 'administrator';
  }

  /** By its id or the key it was made with. */
  find(idOrKey: string): EdiscoveryCase | undefined {
    return this.byId.get(idOrKey) ?? [...this.byId.values()].find(({ key }) => key === idOrKey);
  }

  /** Those that the client's role shows. */
  visible(): readonly EdiscoveryCase[] {
    return [...this.byId.values()].filter(({ isMember }) => this.role === 'administrator' || isMember);
  }

  open(key: string, displayName: string, status: string, isMember: boolean): EdiscoveryCase {
    const id = stableUuid(this.#instance, 'ediscovery-case', key);
    const now = this.#now();
    const opened: EdiscoveryCase = {
      id,
      key,
      isMember,
      fields: {
        id,
        displayName,
        description: '',
        status,
        externalId: '',
        createdDateTime: now,
        lastModifiedDateTime: now,
        lastModifiedBy: BY,
        closedDateTime: null,
        closedBy: null,
      },
      custodians: new Map(),
      holds: new Map(),
    };
    this.byId.set(id, opened);
    return opened;
  }

  /** Adds a custodian or changes one, and the policy that the service keeps for them. */
  putCustodian(at: EdiscoveryCase, key: string, change: CustodianChange): Custodian {
    const now = this.#now();
    const known = at.custodians.get(key);
    const email = change.email === undefined ? (known?.email ?? null) : change.email;
    const custodian: Custodian = {
      id: known?.id ?? stableUuid(this.#instance, at.key, 'custodian', key).replaceAll('-', ''),
      email,
      displayName: email ?? key,
      status: change.status === undefined ? (known?.status ?? 'active') : change.status,
      holdStatus: change.holdStatus === undefined ? (known?.holdStatus ?? 'notApplied') : change.holdStatus,
      createdDateTime: known?.createdDateTime ?? now,
      lastModifiedDateTime: now,
      releasedDateTime: change.status === 'released' ? now : (known?.releasedDateTime ?? null),
    };
    at.custodians.set(key, custodian);
    const held = [...at.custodians.values()].filter(
      (each) => each.email !== null && each.holdStatus !== 'notApplied',
    );
    this.putHold(at, OF_CUSTODIANS, {
      displayName: `CustodianHold-${at.id}`,
      isEnabled: held.length > 0,
      status: 'success',
      sources: held.map((each) => ({ email: each.email, holdStatus: each.holdStatus })),
    });
    return custodian;
  }

  /** Adds a hold policy or changes one. */
  putHold(at: EdiscoveryCase, key: string, change: HoldChange): HoldPolicy {
    const now = this.#now();
    const known = at.holds.get(key);
    const policy: HoldPolicy = {
      id: known?.id ?? stableUuid(this.#instance, at.key, 'hold', key),
      displayName: change.displayName ?? known?.displayName ?? key,
      description: null,
      contentQuery: '',
      errors: [],
      createdDateTime: known?.createdDateTime ?? now,
      lastModifiedDateTime: now,
      isEnabled: change.isEnabled === undefined ? (known?.isEnabled ?? true) : change.isEnabled,
      status: change.status === undefined ? (known?.status ?? 'success') : change.status,
      sources: known?.sources ?? new Map(),
    };
    at.holds.set(key, policy);
    if (change.sources === undefined) return policy;
    policy.sources.clear();
    for (const { key: name, email, holdStatus = 'applied' } of change.sources) {
      const sourceKey = name ?? email ?? '';
      policy.sources.set(sourceKey, {
        id: stableUuid(this.#instance, at.key, 'hold', key, 'source', sourceKey),
        email,
        displayName: email ?? sourceKey,
        holdStatus,
        includedSources: 'mailbox',
        siteWebUrl: null,
        createdDateTime: now,
        createdBy: BY,
      });
    }
    return policy;
  }

  /** Closing turns the holds of a case off, unless that fails (`closedWithError`) or has not happened yet (`closing`). */
  setStatus(at: EdiscoveryCase, status: string): void {
    const now = this.#now();
    Object.assign(at.fields, {
      status,
      lastModifiedDateTime: now,
      closedDateTime: status.startsWith('closed') ? now : null,
      closedBy: status.startsWith('closed') ? BY : null,
    });
    if (status !== 'closed') return;
    for (const custodian of at.custodians.values()) custodian.holdStatus = 'notApplied';
    for (const hold of at.holds.values()) Object.assign(hold, { isEnabled: false, status: 'success' });
  }
}
