/** One custody told step by step, each an hour after the other; and how its gates then stand. */
import { foldCustody } from '../../../../src/domain/custody-state.ts';
import type { CustodyState } from '../../../../src/domain/custody-state.ts';
import { timesOpened } from '../../../../src/domain/exceptions.ts';
import type { FactData, FactType } from '../../../../src/domain/fact-types.ts';
import type { DeviceGate } from '../../../../src/domain/gates.ts';
import type { HoldKind } from '../../../../src/domain/holds.ts';
import type { RuleContext, Step } from '../../../../src/domain/judgement.ts';
import type { Policy } from '../../../../src/domain/policy.ts';
import type { Route } from '../../../../src/domain/routes.ts';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import type { CustodyJudgement } from '../../../../src/domain/rules/custody.ts';
import {
  certified,
  contextAt,
  custodyOpened,
  DAY,
  DEVICE_ID,
  historyOf,
  HOUR,
  iso,
  JUDGED,
  POLICY,
  T0,
} from './history.ts';

const BASE = { epoch: 1 } as const;
const PICKUP = { epoch: 1, pickupId: 'pick_one' } as const;

/** Each verb writes one thing down, moves an hour on, and returns the story. */
export class Story {
  readonly history = historyOf(`device:${DEVICE_ID}`);
  readonly policy: Policy;
  now = T0;

  constructor(opened: Partial<FactData['custody.opened']> = {}, policy: Partial<Policy> = {}) {
    this.policy = { ...POLICY, ...policy };
    this.add('custody.opened', custodyOpened(opened));
  }

  add<T extends FactType>(type: T, data: FactData[T]): this {
    this.history.add(type, data, this.now);
    this.now += HOUR;
    return this;
  }

  later(ms: number): this {
    this.now += ms;
    return this;
  }

  // What people decide.

  routed(to: Route, reviewAt: string | null = null): this {
    const from = this.state.route;
    return this.add('route.changed', { ...BASE, decisionId: `dcn_${to}`, from, to, reviewAt });
  }

  /** By two people, as the store writes it: the route and the declaration together. */
  declaredLost(): this {
    return this.routed('lost').add('lost.declared', { ...BASE, decisionId: 'dcn_lost' });
  }

  delegated(): this {
    return this.add('sanitisation.delegated', { ...BASE, decisionId: 'dcn_vendor' });
  }

  held(kind: HoldKind = 'legal', holdId = 'hold_1'): this {
    return this.add('hold.placed', { ...BASE, holdId, kind });
  }

  lifted(holdId = 'hold_1'): this {
    return this.add('hold.lifted', { ...BASE, holdId });
  }

  waived(gate: DeviceGate, forMs = 30 * DAY): this {
    const expiresAt = iso(this.now + forMs);
    return this.add('gate.waived', { round: 1, decisionId: `dcn_waive_${gate}`, gate, expiresAt });
  }

  /** The newest open exception of that code, or every open one. */
  decided(outcome: string, code?: string): this {
    for (const { opened, resolved } of this.state.exceptions) {
      const { exceptionId, code: its } = opened.data;
      if (resolved !== null || (code !== undefined && its !== code)) continue;
      this.add('exception.resolved', { exceptionId, outcome, by: 'token:desk' });
    }
    return this;
  }

  raised(code: string, gate: DeviceGate): this {
    const exceptionId = `exc_${code}_${timesOpened(this.state.exceptions, code) + 1}`;
    const dueAt = iso(this.now + DAY);
    const data = { exceptionId, code, gate, round: 1, owner: 'approver', dueAt, blocking: true };
    return this.add('exception.opened', data);
  }

  // The wipe.

  notRequired(): this {
    return this.add('handover.not-required', { ...BASE, basis: 'policy', ...JUDGED });
  }

  approved(approvalId = 'appr_1'): this {
    const expiresAt = iso(this.now + DAY);
    const attempt = this.state.wipes.length + 1;
    const data = {
      approvalId,
      basis: 'policy',
      policyDigest: 'p',
      actionHash: 'h',
      expiresAt,
      attempt,
    } as const;
    return this.add('wipe.approved', { ...BASE, ...data });
  }

  sent(approvalId = 'appr_1', answer: 'accepted' | 'not-accepted' | 'unknown' = 'accepted'): this {
    const intentId = `int_${approvalId}`;
    const at = iso(this.now);
    this.add('wipe.intended', { ...BASE, approvalId, intentId, connector: 'mdm', mdmId: 'mdm-1' });
    return this.add('wipe.answered', {
      ...BASE,
      intentId,
      answer,
      code: null,
      sendStartedAt: at,
      settlesAt: null,
    });
  }

  observed(
    state: FactData['wipe.observed']['observation']['state'],
    approvalId = 'appr_1',
    lastSeenAt: string | null = null,
  ): this {
    const intended = this.state.wipes.find((one) => one.approved.data.approvalId === approvalId)?.intended;
    if (intended === undefined || intended === null) throw new Error('nothing was sent');
    const observation = { state, startedAt: intended.at, updatedAt: iso(this.now), lastSeenAt };
    const { intentId } = intended.data;
    return this.add('wipe.observed', { ...BASE, intentId, connector: 'mdm', observation });
  }

  silent(approvalId = 'appr_1'): this {
    const intentId = `int_${approvalId}`;
    const data = { intentId, connector: 'mdm', readAt: iso(this.now), lastSeenAt: null };
    return this.add('wipe.silence', { ...BASE, ...data });
  }

  /** A wipe on its way: approved, sent, accepted, and no more. */
  wiping(): this {
    return this.notRequired().approved().sent();
  }

  /** Wiped, by the device manager's word, on a platform whose word suffices. */
  wiped(): this {
    return this.wiping().observed('done');
  }

  calledBack(outcome: FactData['wipe.cancel-tried']['outcome'], approvalId = 'appr_1'): this {
    return this.add('wipe.cancel-tried', {
      ...BASE,
      intentId: `int_${approvalId}`,
      connector: 'mdm',
      outcome,
    });
  }

  // What else proves something.

  bench(changes: Partial<FactData['sanitisation.reported']> = {}): this {
    return this.add('sanitisation.reported', {
      ...BASE,
      reportId: 'rep_1',
      documentDigest: 'b'.repeat(64),
      level: 'purge',
      method: 'crypto-erase',
      tool: 'eraser 1',
      outcome: 'erased',
      date: iso(this.now),
      ...changes,
    });
  }

  inspected(setUpScreen: boolean): this {
    const inspectionId = `insp_${this.history.facts.length}`;
    return this.add('device.inspected', { ...BASE, inspectionId, setUpScreen, condition: 'good' });
  }

  scannedIn(): this {
    return this.add('return.scanned', { ...BASE, scanId: 'scan_1', site: 'hq', condition: 'good' });
  }

  documented(kind: 'lessor-receipt' | 'bill-of-sale'): this {
    const documentDigest = 'e'.repeat(64);
    return this.add('substitute.recorded', {
      ...BASE,
      documentDigest,
      kind,
      reference: 'R-1',
      date: iso(this.now),
    });
  }

  reportedLost(kind: 'lost' | 'stolen' = 'lost'): this {
    return this.add('lost.reported', { ...BASE, reportId: 'rep_lost', kind });
  }

  found(route: Route = 'dispose'): this {
    return this.add('device.found', { ...BASE, scanId: 'scan_found', route });
  }

  /** On a confirmed manifest, scanned by both, and gone. */
  transferred(): this {
    this.add('handoff.manifested', { ...PICKUP, line: 1 });
    this.add('handoff.scanned', { ...PICKUP, by: 'dock', scannedAt: iso(this.now) });
    this.add('handoff.scanned', { ...PICKUP, by: 'vendor', scannedAt: iso(this.now) });
    return this.add('handoff.transferred', { ...PICKUP, confirmedBy: 'token:dock' });
  }

  certified(changes: Partial<FactData['handoff.certified']> = {}): this {
    return this.add('handoff.certified', certified(changes));
  }

  released(
    step: FactData['release.read']['step'],
    reading: FactData['release.read']['reading'] = 'released',
  ): this {
    return this.add('release.read', { ...BASE, connector: 'mdm', step, reading, readAt: iso(this.now) });
  }

  inTheBooks(matches = true): this {
    const data = { connector: 'books', externalId: 'asset-1', matches, readAt: iso(this.now) };
    return this.add('closure.read-back', { ...BASE, ...data });
  }

  command(
    command: 'retire' | 'lock',
    answer: 'accepted' | 'not-accepted' | 'unknown' | null = 'accepted',
  ): this {
    const intentId = `int_${command}_${this.history.facts.length}`;
    this.add('command.intended', { ...BASE, intentId, command, connector: 'mdm', mdmId: 'mdm-1' });
    return answer === null
      ? this
      : this.add('command.answered', { ...BASE, intentId, command, answer, code: null });
  }

  commandSeen(state: FactData['command.observed']['state']): this {
    const last = this.state.commands.at(-1)?.intended.data;
    if (last === undefined) throw new Error('nothing was sent');
    const { intentId, command } = last;
    return this.add('command.observed', { ...BASE, intentId, command, state, readAt: iso(this.now) });
  }

  // How it stands.

  get state(): CustodyState {
    const state = foldCustody(this.history.facts, 1);
    if (state === null) throw new Error('no custody');
    return state;
  }

  get context(): RuleContext {
    return contextAt(this.now, { policy: this.policy });
  }

  get judgement(): CustodyJudgement {
    return judgeCustody(this.state, this.context);
  }

  /** `state`, or `state basis` where it is through. */
  gate(gate: DeviceGate): string {
    const { state, basis } = this.judgement.gates[gate].status;
    return basis === null || basis.startsWith('after:') || basis.startsWith('until:')
      ? state
      : `${state} ${basis}`;
  }

  /** What the rules want done at that gate. */
  step(gate: DeviceGate): Step {
    return this.judgement.steps[gate];
  }

  /** What is waited for at that gate. */
  codes(gate: DeviceGate): readonly string[] {
    return this.judgement.gates[gate].status.blockedBy.map(({ code }) => code);
  }

  get complete(): boolean {
    return this.judgement.completion.complete;
  }

  /** The acts that the rules want done, by name, whichever gate wants them. */
  get acts(): readonly string[] {
    const steps = Object.values(this.judgement.steps);
    return [...new Set(steps.flatMap((step) => (step.do === 'act' ? step.acts.map(({ act }) => act) : [])))];
  }

  /** The exceptions that the rules want opened. */
  get raises(): readonly string[] {
    const steps = Object.values(this.judgement.steps);
    const records = steps.flatMap((step) => (step.do === 'record' ? step.records : []));
    return [...new Set(records.flatMap((record) => (record.kind === 'exception' ? [record.code] : [])))];
  }

  /** Whether the rules would approve a wipe now. */
  get approves(): boolean {
    const step = this.judgement.steps.wipe;
    return step.do === 'record' && step.records.some(({ kind }) => kind === 'approve-wipe');
  }
}
