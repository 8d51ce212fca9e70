/** Devices in custody, and what stops wipes, for tests of what two people decide. */
import { afterAll, beforeAll } from 'vitest';
import { deviceStream } from '../../../src/domain/fact.ts';
import { setKillSwitch } from '../../../src/store/kill-switch.ts';
import { offerPolicy } from '../../../src/store/policy-in-force.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import { testDatabase } from '../../support/postgres/test-database.ts';
import type { Answer } from './api.ts';
import { policy } from './api.ts';
import { startDeciders } from './decisions.ts';
import type { Deciders } from './decisions.ts';
import { append, leaverWith } from './facts.ts';
import type { Found, Held } from './facts.ts';

export interface OneDevice extends Held {
  readonly personId: string;
  readonly caseId: string;
  readonly stream: string;
}

export interface DecisionBench extends Deciders {
  get(path: string): Promise<Answer>;
  post(as: 'operator' | 'approver', path: string, body: object): Promise<Answer>;
  /** A leaver with one device. */
  oneDevice(found?: Partial<Found>): Promise<OneDevice>;
  /** As a changed configuration file would propose it: another one every time. */
  proposePolicy(): Promise<void>;
  kill(on: boolean): Promise<void>;
  /** The wipe limit is reached. */
  trip(): Promise<void>;
  /** A wipe of that device waits for the limit. */
  holdWipe(device: OneDevice): Promise<void>;
  /** Whatever other tests left on is off. */
  nothingStopped(): Promise<void>;
}

/** A database and an API of the file's own. */
export function useDecisionBench(): () => DecisionBench {
  let bench: DecisionBench | undefined;
  let drop = async (): Promise<void> => {};
  beforeAll(async () => {
    const database = await testDatabase();
    const two = await startDeciders(database.url);
    bench = benchOf(two);
    drop = async () => {
      await two.api.stop();
      await database.drop();
    };
  });
  afterAll(() => drop());
  return () => {
    if (bench === undefined) throw new Error('only inside a test');
    return bench;
  };
}

function benchOf(two: Deciders): DecisionBench {
  const { api, now } = two;
  const { db } = api;
  let counter = 0;
  const kill: DecisionBench['kill'] = (on) =>
    inTransaction(db, (tx) => setKillSwitch(tx, on, { by: 'token:x', decisionId: null }, now()));
  return {
    ...two,
    kill,
    get: (path) => api.call('GET', `/api/v1${path}`, { as: 'viewer' }),
    post: (as, path, body) => api.call('POST', `/api/v1${path}`, { as, body }),
    async oneDevice(found = {}) {
      counter += 1;
      const serial = `ONE${String(counter).padStart(4, '0')}`;
      const { devices, ...rest } = await leaverWith(db, { serial, ...found });
      const [device] = devices as readonly [Held];
      return { ...rest, ...device, stream: deviceStream(device.deviceId) };
    },
    async proposePolicy() {
      counter += 1;
      const other = { ...policy, wipe: { ...policy.wipe, dueMs: policy.wipe.dueMs + counter } };
      await inTransaction(db, (tx) => offerPolicy(tx, other));
    },
    async trip() {
      await db.updateTable('wipe_limits').set({ tripped_at: now(), released_at: null }).execute();
    },
    async holdWipe({ deviceId, epoch, stream }) {
      const approvalId = `appr_${deviceId}`;
      const data = { epoch, approvalId, codes: ['limit-reached'] };
      const key = `wipe.held:${approvalId}:1`;
      await append(db, [{ stream, key, type: 'wipe.held', actor: 'handback', data }]);
    },
    async nothingStopped() {
      await db.updateTable('wipe_limits').set({ tripped_at: null }).execute();
      await kill(false);
    },
  };
}

/** A list of objects inside an answer. @throws when it is none. */
export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}
