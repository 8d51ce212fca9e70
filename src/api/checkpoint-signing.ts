/** Signing a checkpoint on request: with which keys, and what is answered where nothing is signed. */
import { LedgerInconsistent } from '../store/checkpoints.ts';
import type { CheckpointSigning } from '../store/checkpoints.ts';
import { SequencerBusy } from '../store/sequencer.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem.ts';

export function checkpointSigning({ keys, ledgerOrigin = null }: ApiDeps): CheckpointSigning {
  return { origin: ledgerOrigin, signers: keys?.checkpoints.signers ?? [] };
}

/** @throws Problem for what kept a checkpoint from being signed; anything else as it is. */
export function notSigned(error: unknown): never {
  if (error instanceof SequencerBusy) throw new Problem('unavailable');
  if (!(error instanceof LedgerInconsistent)) throw error;
  if (error.code === 'no-key') throw new Problem('no-signing-key');
  throw new Problem('ledger-inconsistent', [{ path: 'ledger', message: error.code }]);
}
