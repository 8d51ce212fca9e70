/** What an auditor brings along: nothing of it comes out of the pack. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { publicKeyOf } from '../../keys.ts';
import { noteVerifier, parseVerifier } from '../../signed-note.ts';
import type { NoteVerifier } from '../../signed-note.ts';
import { readCheckpointUnverified } from '../../checkpoint.ts';
import { CHECKPOINT } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import { PackError } from '../pack-error.ts';

export interface Given {
  /** P-256: who may have signed the pack. */
  readonly packKeys: readonly KeyObject[];
  /** Ed25519: who may have signed the checkpoint. */
  readonly ledgerKeys: readonly NoteVerifier[];
  /** Checkpoints that were kept outside, as signed notes. */
  readonly checkpoints: readonly string[];
  /** Consistency proofs that were got beside the pack. */
  readonly proofs: readonly string[];
  /** Which case, device or pickup it is expected to be about; `null`: whichever. */
  readonly subject: string | null;
}

export const NOTHING_GIVEN: Given = {
  packKeys: [],
  ledgerKeys: [],
  checkpoints: [],
  proofs: [],
  subject: null,
};

/**
 * Keys out of texts: a P-256 public key in PEM, a verifier key of signed-note (`name+id+base64`, one per line), or an Ed25519 public
 * key in PEM, which then stands under the name that the pack's checkpoint bears.
 *
 * @throws PackError `key`.
 */
export function readKeys(texts: readonly string[], files: PackFiles): Pick<Given, 'packKeys' | 'ledgerKeys'> {
  const packKeys: KeyObject[] = [];
  const ledgerKeys: NoteVerifier[] = [];
  for (const text of texts) {
    if (!text.includes('-----BEGIN')) {
      ledgerKeys.push(...verifierLines(text));
      continue;
    }
    const key = pemKey(text);
    if (key.asymmetricKeyType === 'ed25519') ledgerKeys.push(noteVerifier(originOf(files), key));
    else packKeys.push(key);
  }
  return { packKeys, ledgerKeys };
}

/** @throws PackError `key` when a line is no verifier key. */
export function verifierLines(text: string): readonly NoteVerifier[] {
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseVerifier);
  } catch (cause) {
    throw new PackError('key', 'a line is no verifier key of a signed note: `name+id+base64` is expected', {
      cause,
    });
  }
}

/** @throws PackError `key` unless the PEM holds a P-256 or an Ed25519 public key. */
function pemKey(pem: string): KeyObject {
  try {
    // A private key would do as well: its public half is what is looked at.
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
    return publicKeyOf('packs', pem).key;
  } catch (cause) {
    throw new PackError('key', 'a key is neither a P-256 nor an Ed25519 public key in PEM', { cause });
  }
}

/** @throws PackError `key`: without a name an Ed25519 key says of no log that it is its. */
function originOf(files: PackFiles): string {
  const note = files.get(CHECKPOINT);
  try {
    return readCheckpointUnverified(Buffer.from(note ?? []).toString('utf8')).origin;
  } catch (cause) {
    throw new PackError('key', 'the pack’s checkpoint cannot be read, so an Ed25519 key has no name', {
      cause,
    });
  }
}
