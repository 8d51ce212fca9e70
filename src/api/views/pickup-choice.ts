/** Chooses what goes on a pickup: by the rules, as of now. */
import { ownerOf } from '../../domain/deadlines.ts';
import { isOpen } from '../../domain/exceptions.ts';
import { isThrough } from '../../domain/gates.ts';
import { custodyGates, judgeCustody } from '../../domain/rules/custody.ts';
import { toIso, toMs } from '../../domain/time.ts';
import type { Tx } from '../../store/database.ts';
import { deadlinesBy } from '../../store/deadline-breaches.ts';
import type { PickupUnit } from '../../store/pickups.ts';
import { pickupCandidates } from '../../store/read/pickups.ts';
import type { Candidate } from '../../store/read/pickups.ts';
import { loadCustody } from '../../store/rule-facts.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import type { ProblemItem } from '../problem.ts';
import { ruleContext } from '../rule-context.ts';

/** More than any truck takes. */
export const MOST_LINES = 5_000;

/** Every device that is ready and on no pickup. @throws Problem `pickup-empty` when there is none. */
export async function everythingReady(deps: ApiDeps, tx: Tx, now: Date): Promise<readonly PickupUnit[]> {
  const chosen = new Map<string, PickupUnit>();
  for (const candidate of await pickupCandidates(tx, null, MOST_LINES)) {
    const obstacle = await obstacleTo(deps, tx, candidate, now);
    // Two devices of different makers with one serial cannot be told apart on one dock: the second goes with the next.
    if (obstacle === null && !chosen.has(candidate.serial)) chosen.set(candidate.serial, candidate);
  }
  if (chosen.size === 0) throw new Problem('pickup-empty');
  return [...chosen.values()];
}

/** Exactly these. @throws Problem `device-not-ready` with what is in each one's way. */
export async function theseDevices(
  deps: ApiDeps,
  tx: Tx,
  deviceIds: readonly string[],
  now: Date,
): Promise<readonly PickupUnit[]> {
  const candidates = new Map(
    (await pickupCandidates(tx, deviceIds, MOST_LINES)).map((one) => [one.deviceId, one]),
  );
  const problems: ProblemItem[] = [];
  const serials = new Set<string>();
  for (const [index, deviceId] of deviceIds.entries()) {
    const candidate = candidates.get(deviceId);
    const twice = candidate !== undefined && serials.has(candidate.serial);
    const obstacle =
      candidate === undefined
        ? 'not-in-custody'
        : twice
          ? 'serial-twice'
          : await obstacleTo(deps, tx, candidate, now);
    if (obstacle !== null) problems.push({ path: `body.deviceIds.${index}`, message: obstacle });
    if (candidate !== undefined) serials.add(candidate.serial);
  }
  if (problems.length > 0) throw new Problem('device-not-ready', problems);
  return [...candidates.values()];
}

/** The device of a serial that was found on the dock, or a code for what is in the way of handing it over. */
export async function unitOfSerial(
  deps: ApiDeps,
  tx: Tx,
  serial: string,
  now: Date,
): Promise<PickupUnit | string> {
  const devices = await tx.selectFrom('devices').select('id').where('serial', '=', serial).execute();
  const candidates =
    devices.length === 0
      ? []
      : await pickupCandidates(
          tx,
          devices.map((device) => device.id),
          2,
        );
  const [one, another] = candidates;
  if (one === undefined) return devices.length === 0 ? 'unknown-serial' : 'not-in-custody';
  if (another !== undefined) return 'serial-twice';
  return (await obstacleTo(deps, tx, one, now)) ?? one;
}

/** A device that is back, on its way to a pickup. */
export interface Staged extends PickupUnit {
  readonly returnedAt: string;
  /** From when on a pickup may take it. */
  readonly stagedFrom: string;
  /** When wipe and return were both through; `null` while they are not. */
  readonly readySince: string | null;
  /** Until when it is to be on a pickup; `null` while it is not ready. */
  readonly dueAt: string | null;
  readonly owner: string;
  /** What is in the way; `null`: the next pickup takes it. */
  readonly obstacle: string | null;
}

/** Devices that are back and on no pickup, in the order of their ids. */
export async function stagedDevices(
  deps: ApiDeps,
  tx: Tx,
  after: string | null,
  limit: number,
  now: Date,
): Promise<readonly Staged[]> {
  const staged: Staged[] = [];
  for (const candidate of await pickupCandidates(tx, null, limit, after)) {
    const { deviceId, epoch } = candidate;
    const custody = await loadCustody(tx, deviceId, epoch);
    const rules = await ruleContext(deps, tx, custody.policyDigest, now);
    const judgement = judgeCustody(custody, rules);
    const returnedAt = judgement.gates.return.status.since;
    const deadline = deadlinesBy(custody, judgement, rules.policy).find((one) => one.trigger === 'staged');
    const { onPickup: _on, ...unit } = candidate;
    staged.push({
      ...unit,
      returnedAt,
      stagedFrom: toIso(toMs(returnedAt) + (deps.policy.handoff.stageAfterMs ?? 0)),
      readySince: deadline?.startedAt ?? null,
      dueAt: deadline?.dueAt ?? null,
      owner: ownerOf('staged', rules.policy),
      obstacle: await obstacleTo(deps, tx, candidate, now),
    });
  }
  return staged;
}

/** A code for what is in its way; `null` when it is ready. */
async function obstacleTo(
  deps: ApiDeps,
  tx: Tx,
  { deviceId, epoch, onPickup }: Candidate,
  now: Date,
): Promise<string | null> {
  if (onPickup) return 'on-a-pickup';
  const custody = await loadCustody(tx, deviceId, epoch);
  if (custody.transferred !== null) return 'handed-over';
  if (custody.route !== 'dispose') return 'other-route';
  if (custody.holds.length > 0) return 'on-hold';
  if (custody.exceptions.some((one) => isOpen(one) && one.opened.data.code === 'held-back-at-dock'))
    return 'held-back';
  const gates = custodyGates(custody, await ruleContext(deps, tx, custody.policyDigest, now));
  // Two people may let it leave with its data: sealed, for the vendor to sanitise.
  if (!isThrough(gates.wipe.status.state) && custody.delegated === null) return 'wipe-not-through';
  if (!isThrough(gates.return.status.state)) return 'return-not-through';
  return toMs(gates.return.status.since) + (deps.policy.handoff.stageAfterMs ?? 0) > now.getTime()
    ? 'not-staged-yet'
    : null;
}
