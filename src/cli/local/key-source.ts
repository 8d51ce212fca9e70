/** The installation's keys, from where its configuration has them. */
import { join } from 'node:path';
import type { Config } from '../../config/load.ts';
import { createKeyFile, readKeyFiles } from '../../ledger/key-files.ts';
import { loadKeyRing } from '../../ledger/key-ring.ts';
import type { KeyRing } from '../../ledger/key-ring.ts';
import { KEY_PURPOSES, KeyProblem } from '../../ledger/keys.ts';
import { CliError } from '../errors.ts';

/** Where key files are. */
export function keyDirectory({ ledger, dataDir }: Config): string {
  return ledger.keys.directory ?? join(dataDir, 'keys');
}

/** @throws CliError for a key that is none, or that others can read: nothing is started with it. */
export function readKeyRing(config: Config, now: Date): KeyRing {
  const { checkpoints, packs, retired, overlap } = config.ledger.keys;
  try {
    return loadKeyRing(
      {
        directory: keyDirectory(config),
        given: {
          ...(checkpoints === undefined ? {} : { checkpoints }),
          ...(packs === undefined ? {} : { packs }),
        },
        retired,
        overlapMs: overlap,
      },
      now,
    );
  } catch (error) {
    if (error instanceof KeyProblem) throw new CliError(error.message, { cause: error });
    throw error;
  }
}

/** An installation on one machine makes the keys that it has not been given, and says so. */
export function makeMissingKeys(config: Config, now: Date, say: (line: string) => void): void {
  const directory = keyDirectory(config);
  const there = readKeyFiles(directory);
  for (const purpose of KEY_PURPOSES) {
    if (config.ledger.keys[purpose] !== undefined) continue;
    if (there.some((file) => file.publicKey.purpose === purpose)) continue;
    const { publicKey } = createKeyFile(directory, purpose, now);
    say(`made a key that signs ${purpose}, ${publicKey.id}, in ${directory}: back it up`);
  }
}
