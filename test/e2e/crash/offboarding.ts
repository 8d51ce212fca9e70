/** One offboarding that is disturbed on its way, and what must be true at its end all the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { decide } from '../../support/engine/decisions.ts';
import { eventually } from '../../support/engine/eventually.ts';
import { handOver, scanReturn } from '../../support/engine/evidence.ts';
import { caseRow, custodiesOf, effectsOf, factsOf } from '../../support/engine/leavers.ts';
import type { OpenedCase } from '../../support/engine/leavers.ts';
import { ledgerTroubles, sequenced } from '../../support/engine/ledger-check.ts';
import type { Engine } from '../../support/engine/start-engine.ts';

/** Long enough for every time-out of Temporal that a killed worker leaves behind, on a busy machine. */
const ENDS_WITHIN_MS = 240_000;

/** Does what the leaver, the dock and the disposal vendor do, as soon as it can be done, until told to stop. */
export function shepherd(engine: Engine): { stop(): Promise<void> } {
  const ending = new AbortController();
  const handed = new Set<string>();
  async function round(): Promise<void> {
    const rows = await engine.db
      .selectFrom('custodies')
      .select(['device_id', 'epoch', 'gates'])
      .where('state', '=', 'open')
      .execute();
    for (const row of rows) {
      if (row.gates['wipe']?.state !== 'satisfied' || handed.has(row.device_id)) continue;
      // Nobody hands in a laptop before the label that it travels with.
      if (!(await labelIsSettled(engine, row.device_id))) continue;
      await scanReturn(engine, row);
      await handOver(engine, row);
      handed.add(row.device_id);
    }
  }
  async function main(): Promise<void> {
    while (!ending.signal.aborted) {
      // A database that a test has killed is back in a moment.
      await round().catch(() => undefined);
      await sleep(200);
    }
  }
  const ended = main();
  return {
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

/** It has its label; or its purchase was cut off and nobody can tell, and whoever is asked then sends the leaver another way. */
async function labelIsSettled(engine: Engine, deviceId: string): Promise<boolean> {
  const { config, db } = engine;
  if (config.returns.to === undefined) return true;
  const facts = await factsOf(engine, `device:${deviceId}`);
  if (facts.some((fact) => fact.type === 'return.label-bought')) return true;
  const open = await db
    .selectFrom('exceptions')
    .select(['case_id', 'resolved_at'])
    .where('device_id', '=', deviceId)
    .where('code', '=', 'label-outcome-unknown')
    .executeTakeFirst();
  if (open === undefined) return false;
  if (open.resolved_at === null)
    await decide(engine, open.case_id ?? '', 'label-outcome-unknown', 'sent-another-way');
  return true;
}

/** Waits until the case has completed; says where it stands when it does not. */
export async function completed(engine: Engine, caseId: string): Promise<void> {
  try {
    await eventually(
      'the case to complete',
      async () => (await caseRow(engine, caseId).catch(() => undefined))?.state === 'completed',
      ENDS_WITHIN_MS,
    );
  } catch (error) {
    const { state, blocked_by: blockedBy, gates } = await caseRow(engine, caseId);
    const custodies = await custodiesOf(engine, caseId);
    throw new Error(`${state}: ${JSON.stringify({ blockedBy, gates, custodies })}`, { cause: error });
  }
}

/** Waits until nothing is left to take in, to relay or to sequence: then the worker may go. */
export async function settled(engine: Engine): Promise<void> {
  const { db } = engine;
  await eventually(
    'the inbox',
    async () => {
      const left = await db.selectFrom('inbox').select('id').where('state', '=', 'new').executeTakeFirst();
      return left === undefined;
    },
    ENDS_WITHIN_MS,
  );
  await sequenced(engine);
}

export interface WantedEnd {
  /** Wipes that the vendor carried out, by its own count. Default 1. */
  readonly wipes?: number;
  /** Approvals that were given. Default: as many as there were wipes. */
  readonly approvals?: number;
  readonly labels?: number;
  readonly devices?: readonly string[];
}

/** The end as without any disturbance, by the sandbox's own records and the ledger's. */
export async function expectEnd(
  engine: Engine,
  { caseId, personId }: OpenedCase,
  key: string,
  wanted: WantedEnd = {},
): Promise<void> {
  const { wipes = 1, approvals = wipes, labels = 1, devices = [`${key}-laptop`] } = wanted;
  expect(await ledgerTroubles(engine)).toEqual([]);
  for (const device of devices) {
    expect(await effectsOf(engine, 'wipe', device)).toHaveLength(wipes);
    expect(await effectsOf(engine, 'checkin', device)).toHaveLength(1);
  }
  await expectOneWipePerApproval(engine);
  const facts = await factsOf(engine);
  const count = (type: string) => facts.filter((fact) => fact.type === type).length;
  expect(count('wipe.approved')).toBe(approvals * devices.length);
  // One label for each, or the named exception of one whose purchase was cut off.
  const unknown = count('return.label-unknown');
  expect(count('return.label-bought') + unknown).toBe(labels);
  const bought = (await effectsOf(engine, 'label.bought')).length;
  expect(bought).toBeGreaterThanOrEqual(labels - unknown);
  expect(bought).toBeLessThanOrEqual(labels);
  for (const type of ['case.opened', 'case.started', 'discovery.concluded', 'case.completed'])
    expect([type, count(type)]).toEqual([type, 1]);
  expect(count('source.answered')).toBe(4);
  for (const type of ['custody.opened', 'return.scanned', 'handoff.certified', 'custody.closed'])
    expect([type, count(type)]).toEqual([type, devices.length]);
  await expectAccessCut(engine, key);
  const open = await engine.db.selectFrom('cases').select('id').where('person_id', '=', personId).execute();
  expect(open).toEqual([{ id: caseId }]);
  expect(await notTakenIn(engine)).toEqual([]);
}

/** Never more wipes of a device than claims, and never more than one claim per approval. */
async function expectOneWipePerApproval(engine: Engine): Promise<void> {
  const intents = await engine.db
    .selectFrom('intents')
    .select(['approval_id', 'target'])
    .where('kind', '=', 'wipe')
    .where('send_started_at', 'is not', null)
    .execute();
  expect(new Set(intents.map((intent) => intent.approval_id)).size).toBe(intents.length);
  for (const target of new Set(intents.map((intent) => intent.target))) {
    const claims = intents.filter((intent) => intent.target === target).length;
    expect((await effectsOf(engine, 'wipe', target)).length).toBeLessThanOrEqual(claims);
  }
}

/** Both directories show the account off, and the engine has read back that nothing is open. */
async function expectAccessCut(engine: Engine, key: string): Promise<void> {
  const okta = await engine.control.get<{ status: string }>(`/instances/okta/users/${key}`);
  expect(okta.status).toBe('DEPROVISIONED');
  const graph = await engine.control.get<{ accountEnabled: boolean }>(`/instances/graph/users/${key}`);
  expect(graph.accountEnabled).toBe(false);
  const readBacks = (await factsOf(engine)).filter((fact) => fact.type === 'access.read-back');
  for (const connector of ['okta', 'entra']) {
    const last = readBacks.filter((fact) => fact.data['connector'] === connector).at(-1);
    expect(last?.data['items']).not.toContainEqual(expect.objectContaining({ state: 'open' }));
  }
}

/** Nothing that was acknowledged is lost, nor was it put aside. */
async function notTakenIn(engine: Engine) {
  return engine.db
    .selectFrom('inbox')
    .select(['delivery_id', 'state', 'reason'])
    .where('state', '<>', 'done')
    .execute();
}
