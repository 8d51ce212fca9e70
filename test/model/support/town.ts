/**
 * The real thing under test: store, rules, guard and activities over a database of their own, driven as workflows drive them,
 * with the estate as its vendors. Two workers, each with its own clock.
 */
import { NO_NOTICES } from '../../support/engine/no-notices.ts';
import { ApplicationFailure } from '@temporalio/common';
import { assessCase, assessCustody } from '../../../src/activities/assess.ts';
import { cutAccess } from '../../../src/activities/access.ts';
import type { CrashPoint, EngineContext } from '../../../src/activities/context.ts';
import { askSource, lookUpSerials } from '../../../src/activities/discovery.ts';
import { sweepHolds } from '../../../src/activities/outside-holds.ts';
import { cancelWipe } from '../../../src/activities/wipe-cancel.ts';
import { readSilence, resolveWipe } from '../../../src/activities/wipe-read-back.ts';
import { sendWipe } from '../../../src/activities/wipe.ts';
import { sweepWipes } from '../../../src/activities/wipe-sweep.ts';
import { ConnectorError } from '../../../src/adapters/errors.ts';
import type { Act } from '../../../src/domain/judgement.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import { cancelCaseOf, openOrMoveCase } from '../../../src/store/cases.ts';
import type { CaseTerms } from '../../../src/store/cases.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database, Tx } from '../../../src/store/database.ts';
import { introduceActor } from '../../../src/store/actors.ts';
import { linkPerson } from '../../../src/store/people.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { POLICY } from '../../unit/domain/support/history.ts';
import { approvalOf } from './approvals.ts';
import type { Book, BookedCustody } from './book.ts';
import { Estate, PEOPLE } from './estate.ts';
import { BOOKS, connectorsOf, DIRECTORY, idOf, MDM, LEGAL, addressOf } from './ports.ts';
import { FLEET, LIMIT, MOST_SKEW_MS, othersNow, wrongsOf } from './right.ts';
import { testVault } from '../../support/person-keys.ts';

/** Who decides things. */
export const ACTORS = ['token:una', 'token:vic', 'token:wim'] as const;
export const ADMIN = 'token:adm';

const TERMS: CaseTerms = {
  sources: [
    { connector: DIRECTORY, sourceKind: 'identity' },
    { connector: MDM, sourceKind: 'mdm' },
    { connector: BOOKS, sourceKind: 'inventory' },
  ],
};

/** A process that ended in the middle of something. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export class Town {
  readonly db: Database;
  readonly estate: Estate;
  /** What was wrong with a wipe, or with what came of it. */
  readonly wrongs: string[] = [];
  /** What the rules last wanted done, by custody: a worker may come to it late. */
  readonly wanted = new Map<string, readonly Act[]>();
  /** By worker, milliseconds that its clock is ahead. */
  readonly skews = [0, 0];
  readonly personIds = new Map<string, string>();
  crashAt: CrashPoint | null = null;
  time = Date.parse('2026-03-02T09:00:00.000Z');
  /** Leaves so far: each is told of by an event of its own. */
  leaves = 0;
  readonly #book: Book;
  #deaths = 0;

  constructor(url: string, book: Book) {
    this.db = openDatabase(url, { vault: testVault, connections: 6 });
    this.#book = book;
    this.estate = new Estate(() => this.time);
    this.estate.onWipe = async (wiped) => {
      const approval = await approvalOf(this.db, wiped.commandId);
      for (const wrong of wrongsOf(wiped, approval, this.estate, book))
        this.wrongs.push(`wipe ${wiped.n} of ${wiped.serial}: ${wrong}`);
    };
  }

  async found(approval: Policy['wipe']['approval']): Promise<void> {
    await inForce(this.db, { ...POLICY, wipe: { ...POLICY.wipe, approval }, wipeLimit: LIMIT });
    await this.db.insertInto('connector_state').values({ connector: MDM, fleet_size: FLEET }).execute();
    await this.transact(async (tx, now) => {
      for (const actor of [...ACTORS, ADMIN]) await introduceActor(tx, actor, 'token', now);
      for (const key of PEOPLE) {
        const account = { connector: DIRECTORY, externalId: idOf(key), state: 'active', leaveAt: null };
        const none = { workEmail: addressOf(key), displayName: null, country: null, timeZone: null };
        const id = await linkPerson(tx, account, { ...none, employeeNumber: `E-${key}` }, ['employeeNumber']);
        if (typeof id !== 'string') throw new Error('nobody is ambiguous here');
        this.personIds.set(key, id);
      }
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  context(worker = 0): EngineContext {
    const { db } = this;
    return {
      db,
      connectors: connectorsOf(this.estate, () => this.#book.mode),
      terms: TERMS,
      linkBy: ['employeeNumber'],
      peopleModes: [],
      returns: { to: null, weightGrams: 0, boxWeightGrams: 1, carriers: {}, refundLabels: true },
      notices: NO_NOTICES,
      retryCapMs: 1_000,
      clock: () => new Date(this.nowOf(worker)),
      log: { info: () => undefined, warn: () => undefined },
      crash: (point) => {
        if (point !== this.crashAt) return;
        this.crashAt = null;
        this.#deaths += 1;
        throw new Crash(point);
      },
    };
  }

  nowOf(worker: number): number {
    return this.time + (this.skews[worker] ?? 0);
  }

  transact<T>(run: (tx: Tx, now: Date) => Promise<T>): Promise<T> {
    return inTransaction(this.db, (tx) => run(tx, new Date(this.time)));
  }

  /** Somebody leaves, by the directory's word: the case is opened and played until its custodies are open. */
  async offboard(person: string): Promise<string | null> {
    this.leaves += 1;
    const personId = this.personIds.get(person) ?? '';
    const leave = { personId, source: DIRECTORY, eventKey: `leave-${this.leaves}`, late: false };
    const { caseId, outcome } = await this.transact((tx, now) =>
      openOrMoveCase(tx, { ...leave, effectiveAt: now }, TERMS, now),
    );
    if (outcome !== 'opened') return null;
    const ref = { caseId, generation: 1 };
    for (let round = 0; round < 20; round += 1) {
      const acts = await this.#untilItEnds(async (context) => {
        const { at } = await assessCase(context, { ...ref, now: this.time });
        return Object.values(at).flatMap((step) => (step.do === 'act' ? step.acts : []));
      });
      if (acts.length === 0) return caseId;
      for (const act of acts)
        await this.#untilItEnds(async (context) => {
          if (act.act === 'ask-source') await askSource(context, { ...ref, connector: act.connector });
          if (act.act === 'look-up-serials')
            await lookUpSerials(context, { ...ref, connector: act.connector });
          if (act.act === 'cut-access') await cutAccess(context, { ...ref, connector: act.connector });
        });
    }
    throw new Error('the case does not come to its devices');
  }

  /** A process that dies is started again, and does the same again. */
  async #untilItEnds<T>(run: (context: EngineContext) => Promise<T>): Promise<T> {
    const before = this.#deaths;
    try {
      return await run(this.context());
    } catch (error) {
      if (this.#deaths === before) throw error;
      return run(this.context());
    }
  }

  /** Activities fail in ways that Temporal meets by trying again; here the next command may, or may not. */
  async #survive(run: () => Promise<unknown>): Promise<void> {
    const before = this.#deaths;
    try {
      await run();
    } catch (error) {
      const isExpected =
        error instanceof ConnectorError || (error instanceof ApplicationFailure && error.type !== 'internal');
      if (!isExpected && this.#deaths === before) throw error;
    }
  }

  stay(person: string, reason: 'rehired' | 'withdrawn'): Promise<string | null> {
    return this.transact((tx, now) =>
      cancelCaseOf(tx, this.personIds.get(person) ?? '', reason, DIRECTORY, now),
    );
  }

  /** Judges a custody; what it wants done is remembered, and done by whoever comes next. */
  async judge({ deviceId, epoch }: BookedCustody, worker = 0): Promise<void> {
    await this.#survive(async () => {
      const now = this.nowOf(worker);
      const { at } = await assessCustody(this.context(worker), { deviceId, epoch, now });
      const acts = Object.values(at).flatMap((step) => (step.do === 'act' ? step.acts : []));
      this.wanted.set(keyOf({ deviceId, epoch }), acts);
    });
  }

  /** Does what was wanted when the custody was last judged, whatever has happened since. */
  async act(custody: BookedCustody, worker = 0): Promise<void> {
    for (const act of this.wanted.get(keyOf(custody)) ?? [])
      if ('approvalId' in act) await this.order(custody, act.act, act.approvalId, worker);
  }

  /** One activity, under any approval at all: what is refused, or fails, is no concern of whoever asks. */
  async order(
    custody: BookedCustody,
    act: 'send-wipe' | 'resolve-wipe' | 'read-wipe' | 'cancel-wipe',
    approvalId: string,
    worker = 0,
  ): Promise<void> {
    const { deviceId, epoch } = custody;
    for (const other of othersNow(custody, this.estate)) custody.named.add(other);
    const run = {
      'send-wipe': sendWipe,
      'resolve-wipe': resolveWipe,
      'read-wipe': readSilence,
      'cancel-wipe': cancelWipe,
    };
    await this.#survive(() =>
      run[act](this.context(worker), { deviceId, epoch, connector: MDM, approvalId }),
    );
    await this.seeLimit();
  }

  async sweep(): Promise<void> {
    await this.#survive(() => sweepWipes(this.context(), { connector: MDM }, () => undefined));
  }

  async sweepHolds(): Promise<void> {
    await this.#survive(() => sweepHolds(this.context(), { connector: LEGAL }, () => undefined));
  }

  /** Whether the limit says of itself that it was reached. */
  async seeLimit(): Promise<void> {
    const row = await this.db
      .selectFrom('wipe_limits')
      .select(['tripped_at', 'released_at'])
      .where('scope', '=', 'all')
      .executeTakeFirstOrThrow();
    const tripped = row.tripped_at === null ? 0 : Date.parse(row.tripped_at);
    const released = row.released_at === null ? 0 : Date.parse(row.released_at);
    this.#book.tripped = tripped > released;
  }

  skew(worker: number, by: number): void {
    this.skews[worker] = Math.max(-MOST_SKEW_MS, Math.min(MOST_SKEW_MS, by));
  }
}

export function keyOf({ deviceId, epoch }: { readonly deviceId: string; readonly epoch: number }): string {
  return `${deviceId}:${epoch}`;
}
