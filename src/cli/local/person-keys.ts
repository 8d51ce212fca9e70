/** The keys of personal data, from where the configuration has them. */
import { join } from 'node:path';
import type { Config } from '../../config/load.ts';
import {
  createPersonKeyFile,
  personVault,
  PersonKeyProblem,
  readPersonKeyFile,
} from '../../store/personal/key-file.ts';
import type { PersonKeys } from '../../store/personal/key-file.ts';
import type { PersonVault } from '../../store/personal/vault.ts';
import { CliError } from '../errors.ts';
import { keyDirectory } from './key-source.ts';

/** Where the key file is. */
export function personKeyFile(config: Config): string {
  return config.personKeys.file ?? join(keyDirectory(config), 'person-keys.json');
}

/** @returns `null` when there are none. @throws CliError for a file that is none, or that others can read. */
export function readPersonKeys(config: Config): PersonKeys | null {
  const { wrapping, index } = config.personKeys;
  if (wrapping !== undefined && index !== undefined) return { wrapping, index };
  try {
    return readPersonKeyFile(personKeyFile(config));
  } catch (error) {
    if (error instanceof PersonKeyProblem) throw new CliError(error.message, { cause: error });
    throw error;
  }
}

/** What opens personal data. @throws CliError when there are no keys: who is who could not be told. */
export function personVaultOf(config: Config): PersonVault {
  const keys = readPersonKeys(config);
  if (keys !== null) return personVault(keys);
  throw new CliError(
    `no keys of personal data: run \`handback keys person new\`, which makes ${personKeyFile(config)}, or set personKeys.wrapping and personKeys.index; the same for every api and worker`,
  );
}

/** An installation on one machine makes what it has not been given, and says so. */
export function makeMissingPersonKeys(config: Config, now: Date, say: (line: string) => void): void {
  if (readPersonKeys(config) !== null) return;
  const path = personKeyFile(config);
  createPersonKeyFile(path, now);
  say(`made the keys of personal data in ${path}: back it up, apart from the database`);
}
