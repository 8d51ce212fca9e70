/** Deadlines of the way from return to closure: from when, until when, whose move, and whether it was kept. Pure. */
import type { CustodyState } from './custody-state.ts';
import type { Policy } from './policy.ts';
import { acceptedCertificate } from './rules/sanitisation.ts';
import { disposalEnd } from './disposal-end.ts';
import { toIso, toMs } from './time.ts';

/**
 * `staged`: on a manifest; `left`: handed over; `status`: the inventory says that it left; `received`: at the facility;
 * `certified`; `disposed`: the vendor has reported what became of it; `closed`: the books say so. Of a pickup: `counted`.
 */
export const DEADLINE_TRIGGERS = [
  'staged',
  'left',
  'status',
  'counted',
  'received',
  'certified',
  'disposed',
  'closed',
] as const;
export type DeadlineTrigger = (typeof DEADLINE_TRIGGERS)[number];

/** Whose move it is where the policy names nobody. */
const OWNERS: Readonly<Record<DeadlineTrigger, string>> = {
  staged: 'asset-manager',
  left: 'dock',
  status: 'asset-manager',
  counted: 'dock',
  received: 'itad-vendor',
  certified: 'itad-vendor',
  disposed: 'itad-vendor',
  closed: 'handback',
};

/** A role, a queue or a person's id: whoever the policy names for it. */
export function ownerOf(trigger: DeadlineTrigger, policy: Policy): string {
  return policy.handoff.owners?.[trigger] ?? OWNERS[trigger];
}

/** One deadline whose clock has started. Times are ISO 8601 UTC. */
export interface Deadline {
  readonly trigger: DeadlineTrigger;
  readonly owner: string;
  readonly startedAt: string;
  readonly dueAt: string;
  /** When what it is for happened; `null` while it has not. */
  readonly doneAt: string | null;
}

/** Passed before it was kept: by now, or when it was kept at last. */
export function isBreached({ dueAt, doneAt }: Deadline, now: number): boolean {
  return toMs(dueAt) < (doneAt === null ? now : toMs(doneAt));
}

/**
 * The deadlines of a custody on its way to the disposal vendor, in their order; those whose clock has not started are left out.
 *
 * @param readySince When wipe and return were both through, ISO 8601 UTC; `null` while they are not.
 * @param certifiedSince When the gate `itad-handoff` was through; `null` while it is not.
 */
export function deadlinesOf(
  custody: CustodyState,
  readySince: string | null,
  certifiedSince: string | null,
  policy: Policy,
): readonly Deadline[] {
  if (custody.route !== 'dispose' || readySince === null) return [];
  const { handoff, closure } = policy;
  const { manifested, transferred, received, disposed, closureReadBack } = custody;
  const reportedAt = disposalEnd(custody) === null ? null : (disposed?.at ?? null);
  const { dispositionDueMs = null } = closure;
  const certificate = acceptedCertificate(custody, policy);
  const closedAt = closureReadBack?.data.matches === true ? closureReadBack.at : null;
  const handedOver = transferred?.at ?? null;
  const clocks: readonly [DeadlineTrigger, string | null, number | null, string | null][] = [
    ['staged', readySince, handoff.stageDueMs, manifested?.at ?? handedOver],
    ['left', manifested?.at ?? null, handoff.leaveDueMs ?? null, handedOver],
    // A record that is closed says more than that it left.
    ['status', handedOver, handoff.statusDueMs ?? null, custody.leftShown?.at ?? closedAt],
    ['received', handedOver, handoff.receiptDueMs, received?.at ?? null],
    ['certified', received?.at ?? null, handoff.certificateDueMs, certificate?.at ?? null],
    ['disposed', certifiedSince, dispositionDueMs, reportedAt],
    ['closed', closableSince(certifiedSince, reportedAt, policy), closure.dueMs, closedAt],
  ];
  return clocks.flatMap(([trigger, startedAt, dueMs, doneAt]) =>
    startedAt === null || dueMs === null
      ? []
      : [
          {
            trigger,
            owner: ownerOf(trigger, policy),
            startedAt,
            dueAt: toIso(toMs(startedAt) + dueMs),
            doneAt,
          },
        ],
  );
}

/** From when on the books can be closed: certified and, where the policy waits for it, reported. */
function closableSince(
  certifiedSince: string | null,
  reportedAt: string | null,
  { closure }: Policy,
): string | null {
  if (closure.dispositionDueMs === undefined || certifiedSince === null) return certifiedSince;
  return reportedAt !== null && reportedAt < certifiedSince ? certifiedSince : reportedAt;
}
