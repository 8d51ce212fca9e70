/** The installation as a whole: connectors, the kill switch, the wipe limit, the ledger's head. */
import { z } from 'zod';
import { heldWipes } from '../../store/held-wipes.ts';
import { setKillSwitch } from '../../store/kill-switch.ts';
import { releaseLimit, requestRelease } from '../../store/wipe-limit.ts';
import { MODES } from '../../config/schema.ts';
import {
  readConnectorStates,
  readKillSwitch,
  readLedgerHead,
  readWipeLimit,
} from '../../store/read/installation.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import type { Reader } from '../../store/database.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Instant, MaybeInstant } from '../shapes/common.ts';
import { inTransaction } from '../../store/transactions.ts';

const Connector = z
  .object({
    name: z.string(),
    kind: z.string(),
    port: z.string(),
    mode: z.enum(MODES),
    lastOkAt: MaybeInstant,
    lastErrorAt: MaybeInstant,
    lastErrorCode: z.string().nullable(),
  })
  .meta({ title: 'A connector' });

const connectorsRoute = route({
  method: 'get',
  path: '/connectors',
  action: 'connectors.read',
  summary: 'The configured connectors, and when each last answered',
  answer: z.object({ items: z.array(Connector), next: z.null() }),
  async handle({ db, connectors }) {
    const states = await readConnectorStates(db);
    const items = connectors.map((one) => {
      const state = states.get(one.name);
      return {
        ...one,
        lastOkAt: state?.last_ok_at ?? null,
        lastErrorAt: state?.last_error_at ?? null,
        lastErrorCode: state?.last_error_code ?? null,
      };
    });
    return ok({ items, next: null });
  },
});

const Switch = z
  .object({ name: z.literal('kill'), on: z.boolean(), changedBy: z.string(), changedAt: Instant })
  .meta({ title: 'The kill switch: on, nothing destructive is sent' });

async function killSwitch(db: Reader) {
  const row = await readKillSwitch(db);
  return { name: 'kill' as const, on: row.is_on, changedBy: row.changed_by, changedAt: row.changed_at };
}

const readSwitchRoute = route({
  method: 'get',
  path: '/switches/kill',
  action: 'switches.read',
  summary: 'Whether the kill switch is on, since when and by whom',
  answer: Switch,
  handle: async ({ db }) => ok(await killSwitch(db)),
});

const changeSwitchRoute = route({
  method: 'put',
  path: '/switches/kill',
  action: 'switches.change',
  summary:
    'Turns the kill switch on at once, or off. Off will take two people in a later version; today one admin can',
  body: z.strictObject({ on: z.boolean() }),
  answer: Switch,
  handle: ({ db }, { body, actor, now }) =>
    inTransaction(db, async (tx) => {
      await setKillSwitch(tx, body.on, actor, now);
      return ok(await killSwitch(tx));
    }),
});

const wipeLimitRoute = route({
  method: 'get',
  path: '/wipe-limit',
  action: 'wipe-limit.read',
  summary: 'How much of the wipe limit is used in the present window',
  answer: z.object({
    count: z.int(),
    windowMs: z.int(),
    fleetShare: z.number(),
    allowed: z.int().meta({ description: 'By count and by share of the known fleet, whichever is less.' }),
    used: z.int(),
    held: z
      .boolean()
      .meta({ description: 'It was reached: everything destructive waits until it is released.' }),
    trippedAt: MaybeInstant,
    releasedAt: MaybeInstant,
    releasedBy: z.string().nullable(),
  }),
  handle: ({ db, policy }, { now }) =>
    snapshot(db, async (tx) =>
      ok({ ...policy.wipeLimit, ...(await readWipeLimit(tx, policy.wipeLimit, now)) }),
    ),
});

const requestReleaseRoute = route({
  method: 'post',
  path: '/wipe-limit/release-request',
  action: 'wipe-limit.release-request',
  summary: 'Asks for the release of a wipe limit that was reached; another person releases it',
  answer: z.object({ held: z.int().meta({ description: 'How many wipes are held now.' }) }),
  handle: ({ db }, { actor, now }) =>
    inTransaction(db, async (tx) => {
      if (!(await requestRelease(tx, actor, now))) throw new Problem('wipe-limit-not-reached');
      return ok({ held: (await heldWipes(tx)).length });
    }),
});

const releaseRoute = route({
  method: 'post',
  path: '/wipe-limit/release',
  action: 'wipe-limit.release',
  summary: 'Releases a wipe limit that was reached, when somebody else has asked for it',
  answer: z.object({
    freed: z.int().meta({ description: 'How many held wipes go on; each is judged anew.' }),
  }),
  handle: ({ db }, { actor, now }) =>
    inTransaction(db, async (tx) => {
      const outcome = await releaseLimit(tx, actor, now);
      switch (outcome.kind) {
        case 'released':
          return ok({ freed: outcome.freed });
        case 'not-tripped':
          throw new Problem('wipe-limit-not-reached');
        case 'not-requested':
          throw new Problem('release-not-requested');
        case 'same-person':
          throw new Problem('second-person-needed');
      }
    }),
});

const ledgerRoute = route({
  method: 'get',
  path: '/ledger/head',
  action: 'ledger.read',
  summary: 'Size and root of the Merkle tree over all facts, and how far it is behind',
  answer: z.object({
    size: z.int(),
    root: z.string().regex(/^[0-9a-f]{64}$/u),
    updatedAt: Instant,
    pending: z.int(),
    lagSeconds: z.number(),
  }),
  handle: ({ db }, { now }) => snapshot(db, async (tx) => ok(await readLedgerHead(tx, now))),
});

export const INSTALLATION_ROUTES = [
  connectorsRoute,
  readSwitchRoute,
  changeSwitchRoute,
  wipeLimitRoute,
  requestReleaseRoute,
  releaseRoute,
  ledgerRoute,
];
