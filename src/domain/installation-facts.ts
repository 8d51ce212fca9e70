/** Facts of the installation itself: what it ran as, who could use it, when it did not run, and what was asked of it for an audit. */

/** Parts of an installation whose silence is noticed. */
export type WatchedPart = 'api' | 'worker' | 'sequencer' | `connector:${string}`;

/** What a process ran as. Names of connectors and ids of tokens are the operator's own; nothing here names a person. */
export interface Description {
  readonly version: string;
  /** SHA-256 over the program's own files; `null` where they cannot be read. */
  readonly code: string | null;
  readonly rulesVersion: string;
  /** Of the policy that the configuration proposes. */
  readonly proposedPolicy: string;
  readonly connectors: readonly {
    readonly name: string;
    readonly kind: string;
    readonly port: string;
    readonly mode: string;
    /** Of its settings without their secrets' names or values: another one means that they were changed. */
    readonly settings: string;
  }[];
  /** Static tokens: whoever holds one may do what its roles may. */
  readonly tokens: readonly { readonly id: string; readonly roles: readonly string[] }[];
  /** Who may sign in by the issuer: digest of the mapping of groups and programs to roles; `null`: nobody may. */
  readonly signIn: string | null;
  /** Ids of the keys that sign, the one in use first, and of all that check. */
  readonly keys: {
    readonly checkpoints: { readonly sign: readonly string[]; readonly check: readonly string[] };
    readonly packs: { readonly sign: readonly string[]; readonly check: readonly string[] };
  };
  /** Of everything else in the configuration that steers what is done: groups, returns, sweeps, notices. */
  readonly rest: string;
}

export interface InstallationFacts {
  /** On the stream `system:installation`, at the start of a process that runs as something else than the one before it. */
  'installation.described': Description & { readonly process: 'api' | 'worker' };
  /** On the same stream: what new cases are opened under from now on. `from` is `null` for the first, which nobody decided. */
  'policy.changed': {
    readonly decisionId: string | null;
    readonly from: string | null;
    readonly to: string;
  };
  /** On the same stream: it was not heard of for longer than it is silent in good days. Recorded when it was heard of again. */
  'downtime.observed': {
    readonly part: WatchedPart;
    readonly lastSeenAt: string;
    readonly seenAgainAt: string;
    /** Of a connector, how it failed. */
    readonly code: string | null;
  };
  /** On the stream `system:actors`: somebody asked for something, for the first time or with other roles than before. */
  'actor.seen': {
    readonly subject: string;
    readonly kind: 'person' | 'program' | 'token';
    readonly roles: readonly string[];
  };
  /** On the stream `system:audits`, before anything is counted: the seed of the sample is fixed by then. */
  'period.requested': {
    readonly periodId: string;
    /** Calendar dates, both included. */
    readonly from: string;
    readonly until: string;
    readonly timeZone: string;
    /** What they mean: from the first moment up to and without the second. */
    readonly start: string;
    readonly end: string;
    readonly seed: string;
    /** Who chose it: only a seed that the auditor chose is nobody else's choice. */
    readonly seedBy: 'caller' | 'handback';
    readonly sample: number;
    readonly sources: readonly { readonly connector: string; readonly kind: 'hr' | 'identity' }[];
  };
  /** On the same stream: the leavers of the period by one source, as it listed them. */
  'population.extracted': {
    readonly periodId: string;
    readonly connector: string;
    readonly kind: 'hr' | 'identity';
    /** `not-offered`: the source lets nobody list its people. */
    readonly outcome: 'listed' | 'not-offered';
    readonly query: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly accounts: number;
    readonly leavers: number;
    /** SHA-256 of the list in canonical JSON (see `population.json` of packs). */
    readonly listDigest: string;
  };
}
