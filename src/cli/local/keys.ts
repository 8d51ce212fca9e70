/** `handback keys new|list|rotate`: the keys that sign checkpoints and packs, in files. */
import { createKeyFile, readKeyFiles, retireKeyFile } from '../../ledger/key-files.ts';
import type { KeyFile } from '../../ledger/key-files.ts';
import { signing } from '../../ledger/key-ring.ts';
import { KEY_PURPOSES, KeyProblem, publicPem } from '../../ledger/keys.ts';
import type { KeyPurpose } from '../../ledger/keys.ts';
import { noteVerifier, verifierText } from '../../ledger/signed-note.ts';
import type { Config } from '../../config/load.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { painter } from '../output/paint.ts';
import { table } from '../output/table.ts';
import { readConfig } from './configuration.ts';
import { keyDirectory } from './key-source.ts';

export interface KeysOptions extends GlobalOptions {
  readonly purpose?: KeyPurpose;
}

interface Row {
  readonly purpose: KeyPurpose;
  readonly id: string;
  readonly state: 'signs' | 'signs beside' | 'checks only';
  readonly createdAt: string;
  readonly file: string;
  readonly publicKey: string;
  /** Of a checkpoint key, where the configuration names the log. */
  readonly verifier: string | null;
}

/** Makes the keys that are not there yet. @throws CliError when the one that was named is. */
export async function newKeys(options: KeysOptions, io: Io): Promise<number> {
  const config = await readConfig(options, io);
  const directory = keyDirectory(config);
  const there = withKeyProblems(() => readKeyFiles(directory));
  const missing = purposes(options).filter(
    (purpose) => !there.some((file) => file.publicKey.purpose === purpose),
  );
  if (missing.length === 0)
    throw new CliError(`there are keys in ${directory} already: handback keys rotate makes new ones`);
  const made = missing.map((purpose) => createKeyFile(directory, purpose, io.now()));
  return show(made, config, options, io);
}

export async function listKeys(options: KeysOptions, io: Io): Promise<number> {
  const config = await readConfig(options, io);
  return show(
    withKeyProblems(() => readKeyFiles(keyDirectory(config))),
    config,
    options,
    io,
  );
}

/** A new key for each purpose; private parts whose overlap has ended are deleted. */
export async function rotateKeys(options: KeysOptions, io: Io): Promise<number> {
  const config = await readConfig(options, io);
  const directory = keyDirectory(config);
  withKeyProblems(() => readKeyFiles(directory));
  for (const purpose of purposes(options)) {
    createKeyFile(directory, purpose, io.now());
    const files = readKeyFiles(directory).filter((file) => file.publicKey.purpose === purpose);
    const inUse = new Set(signing(files, config.ledger.keys.overlap, io.now()));
    for (const file of files) if (!inUse.has(file)) retireKeyFile(file);
  }
  return show(readKeyFiles(directory), config, options, io);
}

function purposes({ purpose }: KeysOptions): readonly KeyPurpose[] {
  return purpose === undefined ? KEY_PURPOSES : [purpose];
}

function show(files: readonly KeyFile[], config: Config, options: KeysOptions, io: Io): number {
  const rows = purposes(options).flatMap((purpose) => rowsOf(purpose, files, config, io));
  if (options.json === true) {
    io.out(`${JSON.stringify({ items: rows })}\n`);
    return 0;
  }
  if (rows.length === 0) {
    io.out('No keys: handback keys new\n');
    return 0;
  }
  const cells = rows.map(({ purpose, id, state, createdAt, file }) => [purpose, id, state, createdAt, file]);
  io.out(`${table(['for', 'id', 'state', 'made', 'public key'], cells, painter(io))}\n`);
  for (const { verifier } of rows) if (verifier !== null) io.out(`\nverifier key: ${verifier}\n`);
  return 0;
}

function rowsOf(purpose: KeyPurpose, files: readonly KeyFile[], config: Config, io: Io): readonly Row[] {
  const own = files.filter((file) => file.publicKey.purpose === purpose);
  const inUse = signing(own, config.ledger.keys.overlap, io.now());
  const { origin } = config.ledger;
  return own.map((file) => {
    const { publicKey, createdAt, publicPath } = file;
    const signs = file === inUse[0] ? 'signs' : 'signs beside';
    return {
      purpose,
      id: publicKey.id,
      state: inUse.includes(file) ? signs : 'checks only',
      createdAt: createdAt.toISOString(),
      file: publicPath,
      publicKey: publicPem(publicKey),
      verifier:
        purpose === 'checkpoints' && origin !== undefined
          ? verifierText(noteVerifier(origin, publicKey.key))
          : null,
    };
  });
}

/** What is wrong with a key file is for a person to mend. */
function withKeyProblems<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof KeyProblem) throw new CliError(error.message, { cause: error });
    throw error;
  }
}
