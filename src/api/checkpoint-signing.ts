/** Signing a checkpoint on request: with which keys, and what is answered where nothing is signed. */
import { stampCheckpoint } from '../outside/stamp-checkpoint.ts';
import { LedgerInconsistent } from '../store/checkpoints.ts';
import type { CheckpointSigning, StoredCheckpoint } from '../store/checkpoints.ts';
import { SequencerBusy } from '../store/sequencer.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem.ts';

export function checkpointSigning({ keys, ledgerOrigin = null }: ApiDeps): CheckpointSigning {
  return { origin: ledgerOrigin, signers: keys?.checkpoints.signers ?? [] };
}

/** Has a checkpoint stamped, where an authority is configured and answers at once; otherwise the worker does it later. */
export function stamping({ db, stampAuthority }: ApiDeps, now: Date) {
  return async (checkpoint: StoredCheckpoint): Promise<void> => {
    if (stampAuthority) await stampCheckpoint(db, stampAuthority, checkpoint, now);
  };
}

/** @throws Problem for what kept a checkpoint from being signed; anything else as it is. */
export function notSigned(error: unknown): never {
  if (error instanceof SequencerBusy) throw new Problem('unavailable');
  if (!(error instanceof LedgerInconsistent)) throw error;
  if (error.code === 'no-key') throw new Problem('no-signing-key');
  throw new Problem('ledger-inconsistent', [{ path: 'ledger', message: error.code }]);
}
