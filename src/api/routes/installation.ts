/** The installation as a whole: connectors, the kill switch, the wipe limit, the policy. */
import { z } from 'zod';
import { heldWipes } from '../../store/held-wipes.ts';
import { setKillSwitch } from '../../store/kill-switch.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { loadCustody, readPolicy } from '../../store/rule-facts.ts';
import { MODES } from '../../config/schema.ts';
import { readConnectorStates, readKillSwitch, readWipeLimit } from '../../store/read/installation.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import type { Reader } from '../../store/database.ts';
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

const killRoute = route({
  method: 'post',
  path: '/switches/kill/on',
  action: 'switches.kill',
  summary: 'Stops everything destructive at once; off again takes two people (decision kill-switch-off)',
  body: z.strictObject({}),
  answer: Switch,
  handle: ({ db }, { actor, now }) =>
    inTransaction(db, async (tx) => {
      await setKillSwitch(tx, true, { by: actor, decisionId: null }, now);
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
    perDay: z.int().meta({ description: 'In any 24 hours.' }),
    fleetShare: z.number(),
    allowed: z.int().meta({ description: 'By count and by share of the known fleet, whichever is less.' }),
    used: z.int(),
    usedToday: z.int(),
    held: z
      .boolean()
      .meta({ description: 'It was reached: everything destructive waits until it is released.' }),
    trippedAt: MaybeInstant,
    releasedAt: MaybeInstant,
    releasedBy: z.string().nullable(),
  }),
  handle: ({ db, policy: configured }, { now }) =>
    inTransaction(db, async (tx) => {
      const { policy } = await offerPolicy(tx, configured);
      return ok({ ...policy.wipeLimit, ...(await readWipeLimit(tx, policy.wipeLimit, now)) });
    }),
});

const heldRoute = route({
  method: 'get',
  path: '/wipe-limit/held',
  action: 'wipe-limit.read',
  summary: 'The wipes that the limit or the kill switch holds: the list to have in view before releasing it',
  answer: z.object({
    items: z.array(
      z.object({
        deviceId: z.string(),
        epoch: z.int(),
        serial: z.string(),
        caseId: z.string(),
        codes: z.array(z.string()),
        since: Instant,
      }),
    ),
    next: z.null(),
  }),
  handle: ({ db }) =>
    snapshot(db, async (tx) => {
      const items = [];
      for (const { deviceId, epoch, held } of await heldWipes(tx)) {
        const { serial, caseId } = (await loadCustody(tx, deviceId, epoch)).opened.data;
        items.push({ deviceId, epoch, serial, caseId, codes: held.data.codes, since: held.at });
      }
      return ok({ items, next: null });
    }),
});

const policyRoute = route({
  method: 'get',
  path: '/policy',
  action: 'policy.read',
  summary: 'The policy in force, and the one that the configuration proposes instead',
  answer: z.object({
    digest: z.string(),
    since: Instant,
    proposed: z
      .string()
      .nullable()
      .meta({ description: 'Digest; put in force by two people (decision change-policy).' }),
    policy: z.record(z.string(), z.unknown()),
    proposedPolicy: z.record(z.string(), z.unknown()).nullable(),
  }),
  handle: ({ db, policy: configured }) =>
    inTransaction(db, async (tx) => {
      const { policy, digest, since, proposed } = await offerPolicy(tx, configured);
      const proposedPolicy = proposed === null ? null : { ...(await readPolicy(tx, proposed)) };
      return ok({ digest, since, proposed, policy: { ...policy }, proposedPolicy });
    }),
});

export const INSTALLATION_ROUTES = [
  connectorsRoute,
  readSwitchRoute,
  killRoute,
  wipeLimitRoute,
  heldRoute,
  policyRoute,
];
