/** Signs a checkpoint when it is time, has it stamped, and takes what the places outside do not have yet to them. */
import type { Log } from '../../activities/context.ts';
import { isKept, recordPublished, recordUnpublished, unpublished } from '../../store/checkpoint-targets.ts';
import { latestCheckpoint, LedgerInconsistent, makeCheckpoint } from '../../store/checkpoints.ts';
import type { CheckpointSigning } from '../../store/checkpoints.ts';
import type { Database } from '../../store/database.ts';
import { unstamped } from '../../store/stamps.ts';
import { nameOfError, stampCheckpoint } from '../../outside/stamp-checkpoint.ts';
import type { StampAuthority } from '../../outside/timestamp-authority.ts';
import type { CheckpointTarget } from './target.ts';

export interface CheckpointKeeping {
  readonly db: Database;
  readonly signing: CheckpointSigning;
  readonly everyMs: number;
  readonly targets: readonly CheckpointTarget[];
  /** Says since when a checkpoint existed; absent: nobody is asked. */
  readonly authority?: StampAuthority | null;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Of one place in one turn. */
const AT_ONCE = 100;

/** A public authority is not to be flooded. */
const STAMPS_AT_ONCE = 10;

/** What a place outside has is not ours: the database was put back, or another one publishes there. */
const UNKNOWN_OUTSIDE = 'unknown-checkpoint-outside';

/** One turn. What a place does not take is tried again at the next. */
export async function keepCheckpoints(keeping: CheckpointKeeping): Promise<void> {
  const { targets } = keeping;
  const strange = new Set<CheckpointTarget>();
  for (const target of targets) if (await isStrange(target, keeping)) strange.add(target);
  // What was signed there and is not known here must not be signed over: it is the proof.
  if (strange.size > 0) return;
  await signWhenDue(keeping);
  await stampWaiting(keeping);
  for (const target of targets) await publishTo(target, keeping);
}

async function isStrange(target: CheckpointTarget, { db, clock, log }: CheckpointKeeping): Promise<boolean> {
  let note: string | null;
  try {
    note = (await target.latest?.()) ?? null;
  } catch (error) {
    await recordUnpublished(db, target.name, nameOfError(error), clock());
    return false;
  }
  if (note === null || (await isKept(db, note))) return false;
  await recordUnpublished(db, target.name, UNKNOWN_OUTSIDE, clock());
  log.warn(
    { target: target.name, code: UNKNOWN_OUTSIDE },
    'a checkpoint outside is not one of this database: it was rolled back, or another one publishes there; nothing is signed',
  );
  return true;
}

async function signWhenDue({ db, signing, everyMs, clock, log }: CheckpointKeeping): Promise<void> {
  if (signing.signers.length === 0) return;
  const now = clock();
  const latest = await latestCheckpoint(db);
  if (latest !== null && now.getTime() - Date.parse(latest.signed_at) < everyMs) return;
  try {
    await makeCheckpoint(db, signing, now);
  } catch (error) {
    if (!(error instanceof LedgerInconsistent)) throw error;
    log.warn({ code: error.code }, 'no checkpoint was signed: the ledger does not go on from the last one');
  }
}

/** The latest first: its timestamp says most. An authority that is away is asked again at the next turn. */
async function stampWaiting({ db, authority, clock, log }: CheckpointKeeping): Promise<void> {
  if (!authority) return;
  for (const checkpoint of await unstamped(db, STAMPS_AT_ONCE)) {
    const failure = await stampCheckpoint(db, authority, checkpoint, clock());
    if (failure === null) continue;
    log.warn({ authority: authority.name, failure }, 'a checkpoint could not be stamped');
    return;
  }
}

async function publishTo(target: CheckpointTarget, { db, clock, log }: CheckpointKeeping): Promise<void> {
  for (const { id, size, note } of await unpublished(db, target.name, AT_ONCE)) {
    try {
      await target.put({ size, note });
    } catch (error) {
      const failure = nameOfError(error);
      await recordUnpublished(db, target.name, failure, clock());
      log.warn({ target: target.name, failure }, 'a checkpoint could not be published');
      return;
    }
    await recordPublished(db, target.name, id, clock());
  }
}
