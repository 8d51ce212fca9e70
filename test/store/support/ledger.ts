/** Facts of no meaning, to fill a ledger with; signers of a test's own. */
import type { NewFact } from '../../../src/domain/fact.ts';
import { newPrivateKey, signerOf } from '../../../src/ledger/keys.ts';
import { noteVerifier } from '../../../src/ledger/signed-note.ts';
import type { CheckpointSigning } from '../../../src/store/checkpoints.ts';
import type { Database } from '../../../src/store/database.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { sequencePending } from '../../../src/store/sequencer.ts';
import { inTransaction } from '../../../src/store/transactions.ts';

export const ORIGIN = 'handback.test/ledger';

export function newSigning(origin = ORIGIN) {
  const signer = signerOf('checkpoints', newPrivateKey('checkpoints'));
  const signing = { origin, signers: [signer] } satisfies CheckpointSigning;
  return { signer, signing, verifier: noteVerifier(origin, signer.publicKey.key) };
}

/** Recorded a minute apart, so that a time that was changed shows. */
const START = Date.parse('2026-03-02T09:00:00.000Z');

/** Appends facts `from`…`to`, spread over seven streams, and gives them their places. */
export async function fill(db: Database, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1)
    await inTransaction(db, (tx) => appendFacts(tx, [factOf(n)], new Date(START + n * 60_000)));
  await sequencePending(db);
}

export function factOf(n: number): NewFact {
  const data = {
    epoch: 1,
    trackingCode: `T${n}`,
    status: 'in_transit',
    occurredAt: '2026-03-02T09:00:00.000Z',
  };
  return {
    stream: `device:${n % 7}`,
    key: `return.tracked:${n}`,
    type: 'return.tracked',
    actor: 'connector:carrier',
    data,
  };
}
