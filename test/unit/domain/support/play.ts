/**
 * A custody played through: the rules on one side, a world that does what it likes on the other. Whatever the rules want
 * recorded is recorded as the engine does; whatever they want done, the world answers as it is told. What must never happen
 * is noted in `wrongs`.
 */
import { foldCustody } from '../../../../src/domain/custody-state.ts';
import type { CustodyState } from '../../../../src/domain/custody-state.ts';
import { timesOpened } from '../../../../src/domain/exceptions.ts';
import type { FactData } from '../../../../src/domain/fact-types.ts';
import type { AnyFact } from '../../../../src/domain/fact.ts';
import { DEVICE_GATES } from '../../../../src/domain/gates.ts';
import type { BlockedBy, DeviceGate } from '../../../../src/domain/gates.ts';
import type { Act, Record as RuleRecord, RuleContext } from '../../../../src/domain/judgement.ts';
import { custodyCompletion, custodyGates, judgeCustody } from '../../../../src/domain/rules/custody.ts';
import {
  contextAt,
  custodyOpened,
  DAY,
  DEVICE_ID,
  historyOf,
  HOUR,
  iso,
  JUDGED,
  MINUTE,
  POLICY,
  T0,
} from './history.ts';
import type { History } from './history.ts';
import { mayFollow } from './may-follow.ts';

/** How the world answers when it is asked for something; each a number that is read modulo the choices. */
export type Whim = () => number;

export const MOST_ROUNDS = 20;

export class Play {
  readonly history: History = historyOf(`device:${DEVICE_ID}`);
  readonly wrongs: string[] = [];
  readonly carrier: string | null;
  now = T0;

  constructor(opened: Partial<FactData['custody.opened']>, carrier: string | null) {
    this.carrier = carrier;
    this.history.add('custody.opened', custodyOpened(opened), T0);
  }

  get context(): RuleContext {
    return contextAt(this.now, { carrier: this.carrier });
  }

  get state(): CustodyState {
    const state = foldCustody(this.history.facts, 1);
    if (state === null) throw new Error('no custody');
    return state;
  }

  get blockedBy(): readonly BlockedBy[] {
    return custodyCompletion(this.state, this.context).blockedBy;
  }

  /** What the engine does when it is woken: each gate asked, what is to be recorded recorded, what is to be done done. */
  wake(whim: Whim): void {
    for (const gate of DEVICE_GATES) {
      for (const act of this.assess(gate)) this.perform(act, whim);
    }
  }

  /** Judges all gates until there is nothing more to record; what is then to be done at one of them. */
  private assess(at: DeviceGate): readonly Act[] {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const state = this.state;
      const steps = judgeCustody(state, this.context).steps;
      for (const [gate, step] of Object.entries(steps))
        if (step.do === 'wait' && step.until !== null && step.until <= this.now)
          this.wrongs.push(`${gate} waits for the past`);
      const records = DEVICE_GATES.map((gate) => steps[gate]).find((step) => step.do === 'record')?.records;
      if (records === undefined) return steps[at].do === 'act' ? steps[at].acts : [];
      for (const record of records) this.commit(state, record);
    }
    this.wrongs.push('the gates do not settle');
    return [];
  }

  private commit(state: CustodyState, record: RuleRecord): void {
    switch (record.kind) {
      case 'fact': {
        const known = this.history.facts.some(
          (one) => one.type === record.fact.type && sameNumber(one, record.fact.data),
        );
        if (known) this.wrongs.push(`recorded twice: ${record.fact.key}`);
        this.history.add(record.fact.type, record.fact.data, this.now);
        return;
      }
      case 'exception': {
        if (state.exceptions.some((one) => one.resolved === null && one.opened.data.code === record.code))
          this.wrongs.push(`${record.code} is open already`);
        this.open(record.code, record.gate, record.owner, record.blocking);
        return;
      }
      case 'escalation': {
        const { gate, exceptionId, rung, to, dueAt } = record;
        const known = state.escalations.some(
          ({ data }) =>
            data.gate === gate &&
            data.exceptionId === exceptionId &&
            data.rung === rung &&
            data.dueAt === dueAt,
        );
        if (known) this.wrongs.push(`${gate ?? ''} ${exceptionId ?? ''} rung ${rung} twice`);
        this.history.add('escalation.raised', { gate, exceptionId, round: 1, rung, to, dueAt }, this.now);
        return;
      }
      case 'approve-wipe':
        this.approve(state, record.attempt);
        return;
      case 'close-custody':
        this.checkClosing(state);
        this.history.add(
          'custody.closed',
          {
            epoch: 1,
            caseId: 'case_one',
            disposition: record.disposition,
            factCount: this.history.facts.length + 1,
            ...JUDGED,
          },
          this.now,
        );
        return;
      default:
        this.wrongs.push(`a custody records ${record.kind}`);
    }
  }

  private open(
    code: string,
    gate: FactData['exception.opened']['gate'],
    owner: string,
    blocking: boolean,
  ): void {
    const exceptionId = `exc_${code}_${timesOpened(this.state.exceptions, code) + 1}`;
    const dueAt = iso(this.now + POLICY.exceptions.dueMs);
    this.history.add(
      'exception.opened',
      { exceptionId, code, gate, round: 1, owner, dueAt, blocking },
      this.now,
    );
  }

  private approve(state: CustodyState, attempt: number): void {
    const last = state.wipes.at(-1);
    if (state.wipes.length + 1 !== attempt) this.wrongs.push('an approval is used again');
    if (state.handover === null) this.wrongs.push('a wipe before the handover');
    if (last !== undefined && !mayFollow(this.history.facts, last.approved.data.approvalId, this.now))
      this.wrongs.push('a new approval while the last may still act');
    const data = {
      epoch: 1,
      approvalId: `appr_${attempt}`,
      basis: 'policy',
      policyDigest: 'p',
      actionHash: 'h',
      attempt,
    } as const;
    this.history.add(
      'wipe.approved',
      { ...data, expiresAt: iso(this.now + POLICY.wipe.approvalLifeMs) },
      this.now,
    );
  }

  private checkClosing(state: CustodyState): void {
    if (state.exceptions.some((one) => one.resolved === null && one.opened.data.blocking))
      this.wrongs.push('closed over an open exception');
    if (state.returned === null || state.transferred === null || state.closureReadBack?.data.matches !== true)
      this.wrongs.push('closed without proof');
  }

  private perform(act: Act, whim: Whim): void {
    const state = this.state;
    const gates = custodyGates(state, this.context);
    switch (act.act) {
      case 'send-wipe':
        return this.send(state, act.approvalId, whim);
      case 'resolve-wipe':
        return this.resolve(state, act.approvalId, whim);
      case 'read-wipe':
        return this.readSilence(act.approvalId, whim);
      case 'make-label':
        return this.label(whim);
      case 'close-inventory':
        if (gates['itad-handoff'].status.state !== 'satisfied')
          this.wrongs.push('a closure before the handoff');
        return this.close(whim);
      default:
        this.wrongs.push(`a custody asks for ${act.act}`);
    }
  }

  private send(state: CustodyState, approvalId: string, whim: Whim): void {
    const attempt = state.wipes.find((one) => one.approved.data.approvalId === approvalId);
    if (attempt === undefined) return void this.wrongs.push('a wipe without approval');
    if (state.handover === null) this.wrongs.push('a wipe before the handover');
    const settlesAt = iso(this.now + 15 * MINUTE);
    const intentId = `int_${approvalId}`;
    const answer = (data: Partial<FactData['wipe.answered']>) =>
      this.history.add(
        'wipe.answered',
        {
          epoch: 1,
          intentId,
          answer: 'accepted',
          code: null,
          sendStartedAt: iso(this.now),
          settlesAt: null,
          ...data,
        },
        this.now,
      );
    if (attempt.intended !== null) return void answer({ answer: 'unknown', settlesAt });
    if (Date.parse(attempt.approved.data.expiresAt) <= this.now)
      this.wrongs.push('a wipe under an expired approval');
    const choice = whim() % 8;
    if (choice === 0)
      return void this.history.add(
        'wipe.refused',
        { epoch: 1, approvalId, codes: ['person-not-gone'], ...JUDGED },
        this.now,
      );
    if (choice === 1) return;
    this.history.add(
      'wipe.intended',
      { epoch: 1, approvalId, intentId, connector: 'mdm', mdmId: 'mdm-1' },
      this.now,
    );
    if (choice === 2) answer({ answer: 'not-accepted', code: 'refused' });
    else if (choice === 3) answer({ answer: 'unknown', settlesAt });
    else if (choice === 4) answer({ answer: 'unknown' });
    else if (choice > 5) answer({});
  }

  private resolve(state: CustodyState, approvalId: string, whim: Whim): void {
    const attempt = state.wipes.find((one) => one.approved.data.approvalId === approvalId);
    const settlesAt = attempt?.answered?.data.settlesAt ?? null;
    if (settlesAt === null || Date.parse(settlesAt) > this.now)
      this.wrongs.push('read back before it can be believed');
    const choice = whim() % 3;
    if (choice === 2) return this.open('wipe-outcome-unknown', 'wipe', 'approver', true);
    this.history.add(
      'wipe.resolved',
      { epoch: 1, intentId: `int_${approvalId}`, found: choice === 0 },
      this.now,
    );
  }

  private readSilence(approvalId: string, whim: Whim): void {
    const alive = whim() % 4 === 0;
    this.history.add(
      'wipe.silence',
      {
        epoch: 1,
        intentId: `int_${approvalId}`,
        connector: 'mdm',
        readAt: iso(this.now),
        lastSeenAt: alive ? iso(this.now) : null,
      },
      this.now,
    );
  }

  private label(whim: Whim): void {
    const intentId = 'int_label';
    const choice = whim() % 4;
    if (choice === 0) this.open('label-failed', 'return', 'operator', true);
    else if (choice === 1)
      this.history.add('return.label-unknown', { epoch: 1, intentId, connector: 'carrier' }, this.now);
    else
      this.history.add(
        'return.label-bought',
        { epoch: 1, intentId, connector: 'carrier', trackingCode: 'T1' },
        this.now,
      );
  }

  private close(whim: Whim): void {
    const base = { epoch: 1, connector: 'books', externalId: 'asset-1' };
    const choice = whim() % 5;
    if (choice === 0)
      return void this.history.add(
        'closure.not-found',
        { epoch: 1, connector: 'books', askedAt: iso(this.now) },
        this.now,
      );
    if (choice === 1) return this.open('closure-refused', 'inventory-closure', 'asset-manager', true);
    this.history.add('closure.written', { ...base, reference: 'cert-1' }, this.now);
    this.history.add('closure.read-back', { ...base, matches: choice > 2, readAt: iso(this.now) }, this.now);
  }

  /** The MDM tells of every command that may have reached it. */
  observe(observation: Partial<FactData['wipe.observed']['observation']>): void {
    for (const { intended, answered, resolved } of this.state.wipes) {
      if (intended === null) continue;
      const nothing = answered?.data.answer === 'not-accepted' || resolved?.data.found === false;
      if (nothing) continue;
      const seen = {
        state: 'done',
        startedAt: intended.at,
        updatedAt: iso(this.now),
        lastSeenAt: null,
        ...observation,
      } as const;
      this.history.add(
        'wipe.observed',
        { epoch: 1, intentId: intended.data.intentId, connector: 'mdm', observation: seen },
        this.now,
      );
    }
  }

  /** A person decides every exception that is open. */
  decideAll(): void {
    for (const { opened, resolved } of this.state.exceptions) {
      if (resolved !== null) continue;
      this.history.add(
        'exception.resolved',
        { exceptionId: opened.data.exceptionId, outcome: 'retry', by: 'token:desk' },
        this.now,
      );
    }
  }

  /** Everybody does their part from now on; the custody must then come to its end. */
  cooperate(days = 40): void {
    // Accepts, finds, sells, is silent, matches.
    const helpful: Whim = () => 39;
    for (let day = 0; day < days && this.state.closed === null; day += 1) {
      this.decideAll();
      this.wake(helpful);
      this.observe({});
      this.now += DAY;
      this.wake(helpful);
      const { returned, certificates } = this.state;
      if (returned === null)
        this.history.add(
          'return.scanned',
          { epoch: 1, scanId: 'scan_1', site: 'hq', condition: 'good' },
          this.now,
        );
      const ready = ['wipe', 'return'].every(
        (gate) => custodyGates(this.state, this.context)[gate as DeviceGate].status.state === 'satisfied',
      );
      if (ready && !certificates.some((one) => one.data.certificateId === 'cert-9')) this.handOver();
      this.now += HOUR;
    }
  }

  private handOver(): void {
    const base = { epoch: 1, pickupId: 'pick_one' };
    this.history.add('handoff.manifested', { ...base, line: 1 }, this.now);
    this.history.add('handoff.scanned', { ...base, by: 'dock', scannedAt: iso(this.now) }, this.now);
    this.history.add('handoff.scanned', { ...base, by: 'vendor', scannedAt: iso(this.now) }, this.now);
    this.history.add('handoff.transferred', { ...base, confirmedBy: 'token:dock' }, this.now);
    this.history.add(
      'handoff.received',
      { ...base, receivedAt: iso(this.now), documentDigest: 'd' },
      this.now,
    );
    this.history.add(
      'handoff.certified',
      {
        ...base,
        certificateId: 'cert-9',
        level: 'destroy',
        method: 'shred',
        outcome: 'erased',
        status: 'verified',
        date: iso(this.now),
        documentDigest: 'd',
      },
      this.now,
    );
  }
}

function sameNumber(one: AnyFact, data: object): boolean {
  return !('number' in data) || ('number' in one.data && one.data.number === data.number);
}
