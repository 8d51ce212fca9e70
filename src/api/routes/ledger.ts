/** The ledger: its head, its checkpoints, the keys that sign them. */
import { z } from 'zod';
import { publicPem } from '../../ledger/keys.ts';
import { noteVerifier, verifierText } from '../../ledger/signed-note.ts';
import { readTargets } from '../../store/checkpoint-targets.ts';
import { latestCheckpoint, makeCheckpoint } from '../../store/checkpoints.ts';
import type { StoredCheckpoint } from '../../store/checkpoints.ts';
import { readStampStandings, stampOf } from '../../store/stamps.ts';
import type { StoredStamp } from '../../store/stamps.ts';
import { readLedgerHead } from '../../store/read/installation.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { checkpointSigning, notSigned, stamping } from '../checkpoint-signing.ts';
import type { ApiDeps } from '../deps.ts';
import { ok, route } from '../route.ts';
import { Instant, MaybeInstant } from '../shapes/common.ts';

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

const Checkpoint = z
  .object({
    origin: z.string(),
    size: z.int(),
    root: z.string().regex(/^[0-9a-f]{64}$/u),
    signedAt: Instant,
    note: z.string().meta({ description: 'The signed note (C2SP tlog-checkpoint): keep it elsewhere.' }),
    stampedAt: MaybeInstant.meta({ description: 'By the clock of the timestamp authority.' }),
    timestamp: z.base64().nullable().meta({
      description: 'What the authority answered about the note (RFC 3161, DER); null where it has none yet.',
    }),
  })
  .meta({ title: 'A checkpoint' });

function view(row: StoredCheckpoint, stamp: StoredStamp | null): z.output<typeof Checkpoint> {
  const { origin, size, root, signed_at: signedAt, note } = row;
  return {
    origin,
    size,
    root: root.toString('hex'),
    signedAt,
    note,
    stampedAt: stamp?.stamped_at ?? null,
    timestamp: stamp?.response.toString('base64') ?? null,
  };
}

const checkpointRoute = route({
  method: 'get',
  path: '/ledger/checkpoint',
  action: 'ledger.read',
  summary: 'The latest checkpoint, the public keys that check it, and how far the places outside have them',
  answer: z.object({
    checkpoint: Checkpoint.nullable(),
    keys: z.array(
      z.object({
        id: z.string(),
        signs: z.boolean(),
        publicKey: z.string().meta({ description: 'PEM.' }),
        verifier: z
          .string()
          .nullable()
          .meta({ description: 'C2SP verifier key; null before the first checkpoint.' }),
      }),
    ),
    published: z.array(
      z.object({
        target: z.string(),
        upToDate: z.boolean(),
        publishedAt: MaybeInstant,
        failedAt: MaybeInstant,
        failure: z.string().nullable(),
      }),
    ),
    timestamps: z.array(
      z.object({
        authority: z.string(),
        stampedAt: MaybeInstant,
        failedAt: MaybeInstant,
        failure: z.string().nullable(),
        waiting: z.int().meta({ description: 'Checkpoints without a timestamp.' }),
      }),
    ),
  }),
  handle: ({ db, keys }) =>
    snapshot(db, async (tx) => {
      const latest = await latestCheckpoint(tx);
      const targets = await readTargets(tx);
      const authorities = await readStampStandings(tx);
      return ok({
        checkpoint: latest === null ? null : view(latest, await stampOf(tx, latest.id)),
        keys: keysOf(keys, latest),
        published: targets.map((one) => ({
          target: one.target,
          upToDate: one.checkpoint_id === (latest?.id ?? null),
          publishedAt: one.published_at,
          failedAt: one.failed_at,
          failure: one.failure,
        })),
        timestamps: [...authorities],
      });
    }),
});

function keysOf(ring: ApiDeps['keys'], latest: StoredCheckpoint | null) {
  const { signers, publicKeys } = ring?.checkpoints ?? { signers: [], publicKeys: [] };
  return publicKeys.map((key) => ({
    id: key.id,
    signs: signers.some(({ publicKey }) => publicKey.id === key.id),
    publicKey: publicPem(key),
    verifier: latest === null ? null : verifierText(noteVerifier(latest.origin, key.key)),
  }));
}

const makeRoute = route({
  method: 'post',
  path: '/ledger/checkpoint',
  action: 'ledger.checkpoint',
  summary: 'Signs a checkpoint over every fact that is recorded; the latest one where nothing came since',
  body: z.strictObject({}),
  answer: Checkpoint,
  problems: ['ledger-inconsistent', 'no-signing-key', 'unavailable'],
  handle: async (deps, { now }) => {
    const made = await makeCheckpoint(deps.db, checkpointSigning(deps), now).catch(notSigned);
    await stamping(deps, now)(made);
    return ok(view(made, await stampOf(deps.db, made.id)));
  },
});

export const LEDGER_ROUTES = [ledgerRoute, checkpointRoute, makeRoute];
