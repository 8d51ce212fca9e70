/** The limit, claimed against by several processes at once: 200 claims over 40 connections. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../src/domain/policy.ts';
import type { ClaimOrder } from './support/claimer-process.ts';
import { insertApproval } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { sideBySide } from './support/side-by-side.ts';
import { LIMITED, useWipes } from './support/wipes.ts';
import { putInForce } from '../support/postgres/in-force.ts';

const PROGRAM = fileURLToPath(new URL('support/claimer-process.ts', import.meta.url));
const CLAIMS = 200;
const PROCESSES = 2;
const CONNECTIONS = 20;
const wipes = useWipes();

const limited = (wipeLimit: Partial<Policy['wipeLimit']>): Policy => ({
  ...LIMITED,
  wipeLimit: { count: 1_000, windowMs: 3_600_000, perDay: 1_000, fleetShare: 1, ...wipeLimit },
});

let custodies: readonly OpenCustody[] = [];
beforeAll(async () => {
  custodies = await wipes().custodies(CLAIMS);
});

/** One per custody, each under a new approval of its own. */
async function claimsOf(count: number): Promise<ClaimOrder['claims']> {
  const work = async (one: OpenCustody) => ({ ...one, approvalId: await insertApproval(wipes().db, one) });
  return [...(await sideBySide(CONNECTIONS, custodies.slice(0, count), work))];
}

/** Deals the claims out to the processes, lets them begin in one moment, and gathers what became of each. */
async function race(claims: ClaimOrder['claims']): Promise<readonly string[]> {
  const children = Array.from({ length: PROCESSES }, () =>
    fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  try {
    await Promise.all(
      children.map(async (child, n) => {
        const ready = answerOf(child);
        const mine = claims.filter((_, index) => index % PROCESSES === n);
        child.send({ url: wipes().url, connections: CONNECTIONS, claims: mine } satisfies ClaimOrder);
        await ready;
      }),
    );
    const results = children.map((child) => answerOf(child));
    for (const child of children) child.send('go');
    return (await Promise.all(results)).flat() as readonly string[];
  } finally {
    for (const child of children) child.kill();
  }
}

async function answerOf(child: ChildProcess): Promise<unknown[]> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process ended before it answered');
  });
  return Promise.race([once(child, 'message').then(([answer]: unknown[]) => [answer].flat()), ended]);
}

async function intents(): Promise<number> {
  const recent = new Date(Date.now() - 3_600_000).toISOString();
  const rows = await wipes()
    .db.selectFrom('intents')
    .select('id')
    .where('kind', '=', 'wipe')
    .where('created_at', '>', recent)
    .execute();
  return rows.length;
}

const sent = (kinds: readonly string[]): number => kinds.filter((kind) => kind === 'send').length;

describe(`the wipe limit, of ${CLAIMS} claims by ${PROCESSES} processes over ${PROCESSES * CONNECTIONS} connections`, () => {
  test.each([
    ['the count of the window', { count: 7 }, 7],
    ['the count of the day', { perDay: 11 }, 11],
    ['the lesser of the two', { count: 9, perDay: 8 }, 8],
    ['nothing where it is nought', { count: 0 }, 0],
  ] as const)('lets through exactly %s', async (_what, limit, expected) => {
    const claims = await claimsOf(CLAIMS);
    await putInForce(wipes().db, limited(limit));
    const kinds = await race(claims);
    expect(kinds).toHaveLength(CLAIMS);
    expect([sent(kinds), await intents()]).toEqual([expected, expected]);
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(CLAIMS - expected);
    expect(await wipes().isTripped()).toBe(true);
  });

  test('lets through exactly the share of the fleet', async () => {
    const claims = await claimsOf(CLAIMS);
    await putInForce(wipes().db, limited({ fleetShare: 0.01 }));
    await wipes().db.insertInto('connector_state').values({ connector: 'mdm', fleet_size: 1_399 }).execute();
    try {
      expect([sent(await race(claims)), await intents()]).toEqual([13, 13]);
    } finally {
      await wipes().db.deleteFrom('connector_state').execute();
    }
  });

  test('lets each approval through once, when both processes claim all of them', async () => {
    const claims = await claimsOf(40);
    await putInForce(wipes().db, limited({}));
    const twice = claims.flatMap((claim) => [claim, claim, claim, claim, claim].map((one) => ({ ...one })));
    expect(twice).toHaveLength(CLAIMS);
    const kinds = await race(twice);
    expect([sent(kinds), await intents()]).toEqual([40, 40]);
    expect(kinds.filter((kind) => kind === 'claimed-before')).toHaveLength(CLAIMS - 40);
  });
});
