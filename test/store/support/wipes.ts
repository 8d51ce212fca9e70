/** Claims of wipes against a limit of five, as the wipe activity makes them. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { RefusalCode } from '../../../src/domain/guard.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { recordWipeAnswer } from '../../../src/store/wipe-answers.ts';
import { claimWipe } from '../../../src/store/wipe-intents.ts';
import type { ClaimResult, LockedFacts } from '../../../src/store/wipe-intents.ts';
import { testDatabase } from '../../support/postgres/test-database.ts';
import { putInForce } from '../../support/postgres/in-force.ts';
import { POLICY } from '../../unit/domain/support/history.ts';
import { judgeLocked } from './judge-locked.ts';
import { insertApproval, insertOpenCustody } from './rows.ts';
import type { OpenCustody } from './rows.ts';
import { sideBySide } from './side-by-side.ts';
import { testVault } from '../../support/person-keys.ts';

export const LIMIT = 5;

export const LIMITED: Policy = {
  ...POLICY,
  wipeLimit: { count: LIMIT, windowMs: 3_600_000, perDay: 1_000, fleetShare: 1 },
};

/** What is said of a claim; all on one database, which the test file has for itself. */
export interface Wipes {
  readonly db: Database;
  /** Of that database, for other processes. */
  readonly url: string;
  custodies(count: number): Promise<readonly OpenCustody[]>;
  custody(): Promise<OpenCustody>;
  claim(
    of: OpenCustody,
    approvalId: string,
    rules?: Policy,
    judge?: (locked: LockedFacts) => readonly RefusalCode[],
  ): Promise<ClaimResult>;
  /** Under a new approval. */
  claimNew(of: OpenCustody, rules?: Policy): Promise<ClaimResult>;
  answer(of: OpenCustody, result: ClaimResult, word: 'accepted' | 'not-accepted' | 'unknown'): Promise<void>;
  isTripped(): Promise<boolean>;
  release(): Promise<void>;
}

/** Sets up a database for the file; before each test nothing counts and nothing is tripped. */
export function useWipes(): () => Wipes {
  let wipes: Wipes | undefined;
  let drop = async (): Promise<void> => {};

  beforeAll(async () => {
    const server = await testDatabase();
    const db = openDatabase(server.url, { vault: testVault, connections: 20 });
    wipes = wipesOf(db, server.url);
    drop = async () => {
      await db.destroy();
      await server.drop();
    };
  });
  afterAll(() => drop());
  beforeEach(async () => {
    const { db } = current();
    await forgetSent(db);
    await db
      .updateTable('wipe_limits')
      .set({ tripped_at: null, released_at: null, released_by: null })
      .execute();
    await db.updateTable('switches').set({ is_on: false }).execute();
  });

  function current(): Wipes {
    if (wipes === undefined) throw new Error('the database is not there yet');
    return wipes;
  }
  return current;
}

/** As if every wipe had been sent long ago. */
export async function forgetSent(db: Database): Promise<void> {
  await db
    .updateTable('intents')
    .set({ created_at: new Date('2020-01-01T00:00:00Z') })
    .execute();
}

function wipesOf(db: Database, url: string): Wipes {
  let serials = 0;
  const custody = async () => {
    serials += 1;
    return insertOpenCustody(db, LIMITED, `SER${String(serials).padStart(6, '0')}X`);
  };
  const claim: Wipes['claim'] = async (of, approvalId, rules = LIMITED, judge = judgeLocked) => {
    await putInForce(db, rules);
    return db.transaction().execute((tx) =>
      claimWipe(
        tx,
        {
          ...of,
          approvalId,
          connector: 'mdm',
          mdmId: 'mdm-1',
          actionHash: 'hash',
          priorWipeStartedAt: null,
          timesHeld: 0,
          judge,
        },
        new Date(),
      ),
    );
  };
  return {
    db,
    url,
    custody,
    custodies: async (count) => sideBySide(10, Array.from({ length: count }), () => custody()),
    claim,
    claimNew: async (of, rules) => claim(of, await insertApproval(db, of), rules),
    answer: async ({ deviceId, epoch }, result, word) => {
      if (result.kind !== 'send') throw new Error('nothing was claimed');
      const { intentId, sendStartedAt } = result;
      await db
        .transaction()
        .execute((tx) =>
          recordWipeAnswer(
            tx,
            { deviceId, epoch, intentId, sendStartedAt, answer: word, code: null, settlesAt: null },
            new Date(),
          ),
        );
    },
    isTripped: async () => {
      const row = await db
        .selectFrom('wipe_limits')
        .select(['tripped_at', 'released_at'])
        .executeTakeFirstOrThrow();
      return row.tripped_at !== null && row.released_at === null;
    },
    release: async () => {
      await db
        .updateTable('wipe_limits')
        .set({ released_at: new Date(), release_requested_by: 'token:a', released_by: 'token:b' })
        .execute();
    },
  };
}

export function sentOf(results: readonly ClaimResult[]): readonly ClaimResult[] {
  return results.filter((result) => result.kind === 'send');
}
