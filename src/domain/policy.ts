import type { DeadlineTrigger } from './deadlines.ts';
import type { Gate } from './gates.ts';
import type { PeopleSelector } from './people-groups.ts';
import type { Ownership, Platform } from './platform.ts';
import type { ReconciliationPolicy } from './reconciliation-policy.ts';
import type { MeansByCountry } from './return-means.ts';
import type { Grade } from './wipe.ts';
import type { WorkingCalendar } from './working-days.ts';

/** One rung of an escalation ladder: so long after the deadline, tell that role. */
export interface EscalationRung {
  readonly afterMs: number;
  readonly to: string;
}

/** Of a class of devices, and of a group of people. `on-leave`: as soon as its gates allow. `on-return`: only once it is scanned in. */
export interface WipeTiming extends PeopleSelector {
  /** `null`: every platform. */
  readonly platforms: readonly Platform[] | null;
  /** `null`: every ownership. */
  readonly ownerships: readonly Ownership[] | null;
  readonly when: 'on-leave' | 'after-grace' | 'on-return';
  /** For `after-grace`: from the opening of the custody. */
  readonly graceMs: number;
}

/**
 * What an organisation decided: deadlines, limits, who is told. All durations in milliseconds. A case keeps the policy it
 * was opened under. Policies are immutable and known by the SHA-256 of their canonical JSON (`policyDigest`).
 */
export interface Policy {
  readonly discovery: { readonly dueMs: number };
  readonly accessCut: {
    /** `verify-only` where the identity provider already cuts: only read back. */
    readonly mode: 'enforce' | 'verify-only';
    readonly dueMs: number;
    /** How long a provider may take to show what was cut, before it counts as still open. */
    readonly settleMs: number;
    /** How long a source that is down may delay the cut. */
    readonly sourceDownDelayMs: number;
    /** What a suspension alone does: it never opens an offboarding. */
    readonly onSuspension: 'record';
  };
  /** Whether somebody must take over what only the leaver had before a wipe may be thought of. */
  readonly dataHandover: { readonly required: boolean; readonly dueMs: number };
  readonly wipe: {
    /** `policy`: approved by the policy itself where all sources agree and the limit allows. */
    readonly approval: 'policy' | 'person';
    readonly approvalLifeMs: number;
    /** When a wipe may begin, by the class of the device: the first line that fits counts. */
    readonly timing: readonly WipeTiming[];
    /** How often a wipe that the vendor certainly did not accept is asked for again (each under a new approval). */
    readonly attempts: number;
    /** Pause before asking again. */
    readonly retryMs: number;
    readonly dueMs: number;
    /** Apple acknowledges before it erases: so long must the device be silent before that counts. */
    readonly appleSilenceMs: number;
    /** Grade of an acknowledged wipe; `none` unless the organisation names another with its basis. */
    readonly acknowledgedGrade: Grade;
    readonly acknowledgedGradeBasis: string | null;
  };
  readonly wipeLimit: {
    readonly count: number;
    readonly windowMs: number;
    /** Wipes in any 24 hours. */
    readonly perDay: number;
    /** Share of the known fleet (0–1] that may be wiped per window; at least `count` of a small fleet is not exceeded by it. */
    readonly fleetShare: number;
  };
  readonly return: {
    readonly dueMs: number;
    readonly chaseEveryMs: number;
    readonly chases: number;
    readonly lostInTransitAfterMs: number;
    /** How devices come back. Absent from policies that say nothing of it: by a label, everywhere. */
    readonly means?: MeansByCountry;
    /** Labels for one device, where parcels held another unit than the one that is owed. Absent: one. */
    readonly labelsMost?: number;
  };
  readonly handoff: {
    readonly stageDueMs: number;
    readonly receiptDueMs: number;
    readonly certificateDueMs: number;
    readonly minimumGrade: Exclude<Grade, 'none'>;
    /** How long after its return a device may be put on a pickup. Absent: at once. */
    readonly stageAfterMs?: number;
    /** From the manifest to the handover. Absent: within `stageDueMs`. */
    readonly leaveDueMs?: number;
    /** From the handover to the asset's status that says so. Absent: no deadline of its own. */
    readonly statusDueMs?: number;
    /** From the manifest to the physical count. Absent: no deadline of its own; it comes before the handover in any case. */
    readonly countDueMs?: number;
    /** Whose move it is, by deadline: roles, queues or people's ids. */
    readonly owners?: Readonly<Partial<Record<DeadlineTrigger, string>>>;
    /** What the vendor must be certified for on the day of a handover. */
    readonly certifications?: {
      readonly required: readonly string[];
      /** `refuse`: no handover without them. `flag`: it goes, and somebody must look at it. */
      readonly onLapse: 'flag' | 'refuse';
    };
  };
  readonly closure: {
    readonly dueMs: number;
    /**
     * The vendor's disposition report must be there before the books are closed; then `dueMs` counts from it. Absent: it is not
     * waited for.
     */
    readonly dispositionDueMs?: number;
  };
  /** What is let go after the data is proven gone, where ownership ends. */
  readonly release: {
    readonly activationLock: boolean;
    readonly autopilot: boolean;
    readonly mdmRecord: boolean;
    /** The maker's register of the organisation's devices (Apple Business Manager). Absent: not asked for. */
    readonly enrolment?: true;
  };
  readonly decisions: {
    /** How long a request for a decision stands, and how long a person's approval of a wipe counts. */
    readonly lifeMs: number;
    /** No waiver counts longer. */
    readonly waiverMaxMs: number;
  };
  readonly exceptions: { readonly dueMs: number };
  /** When the books are held against our records, and who looks after what does not fit. Absent: as `RECONCILIATION` says. */
  readonly reconciliation?: ReconciliationPolicy;
  /** Absent: what is known of people may be erased as soon as their cases have ended. */
  readonly people?: {
    /** How long it is kept at least, from the end of the last case. */
    readonly retentionMs: number;
  };
  /**
   * Days off by country: what waits for the leaver is not due on them. Absent from policies of earlier versions, and where no
   * country is listed.
   */
  readonly workingDays?: WorkingCalendar;
  /** Rungs in rising order of `afterMs`, per gate, and for exceptions that nobody decides. */
  readonly escalation: Readonly<Record<Gate | 'exception', readonly EscalationRung[]>>;
}
