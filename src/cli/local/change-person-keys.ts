/** `handback keys person new|rotate|retire`: the key file of personal data. */
import { existsSync } from 'node:fs';
import { openDatabase } from '../../store/database.ts';
import {
  createPersonKeyFile,
  personVault,
  PersonKeyProblem,
  readPersonKeyFile,
  retirePersonKeys,
  rotatePersonKeyFile,
} from '../../store/personal/key-file.ts';
import type { PersonKeys } from '../../store/personal/key-file.ts';
import { keysUnderOlder } from '../../store/personal/seal-existing.ts';
import type { Config } from '../../config/load.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { databaseUrlOf, readInstalledConfig } from './configuration.ts';
import { personKeyFile } from './person-keys.ts';

type Verb = 'new' | 'rotate' | 'retire';

/** @throws CliError when the keys stand in the configuration itself, or the file is not as the change needs it. */
export async function changePersonKeys(verb: Verb, options: GlobalOptions, io: Io): Promise<number> {
  const config = await readInstalledConfig(options, io);
  if (config.personKeys.wrapping !== undefined)
    throw new CliError('the keys stand in the configuration (personKeys.wrapping): change them there');
  const path = personKeyFile(config);
  const keys = await change(verb, path, config, io.now()).catch(told);
  const ids = keys.wrapping.map(({ id }) => id);
  if (options.json === true) io.out(`${JSON.stringify({ file: path, wrapping: ids })}\n`);
  else io.out(`${path}: ${ids[0]} wraps${ids.length === 1 ? '' : `, older: ${ids.slice(1).join(', ')}`}\n`);
  return 0;
}

async function change(verb: Verb, path: string, config: Config, now: Date): Promise<PersonKeys> {
  switch (verb) {
    case 'new':
      if (existsSync(path)) throw new CliError(`${path} is there already: handback keys person rotate`);
      return createPersonKeyFile(path, now);
    case 'rotate':
      return rotatePersonKeyFile(path, now);
    case 'retire':
      return retire(path, config);
  }
}

async function retire(path: string, config: Config): Promise<PersonKeys> {
  const keys = readPersonKeyFile(path);
  if (keys === null) throw new PersonKeyProblem(`there is no key file ${path}`);
  const db = openDatabase(databaseUrlOf(config), { connections: 1, vault: personVault(keys) });
  try {
    const older = await keysUnderOlder(db);
    if (older > 0)
      throw new CliError(`${older} people have keys that an older one wrapped: restart a worker first`);
  } finally {
    await db.destroy();
  }
  return retirePersonKeys(path);
}

function told(error: unknown): never {
  if (error instanceof PersonKeyProblem) throw new CliError(error.message, { cause: error });
  throw error;
}
