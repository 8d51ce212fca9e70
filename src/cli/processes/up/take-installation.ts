import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServerError } from '../../../store/embedded/supervision/errors.ts';
import { ownerOf, takeOwnerLock } from '../../../store/embedded/supervision/owner-lock.ts';
import { CliError } from '../../errors.ts';

/**
 * Makes this process the one `up` of a data directory, until it is disposed of or the process is gone. The embedded servers
 * have locks of their own; this one also holds where both servers are elsewhere.
 *
 * @throws CliError when another one has it.
 */
export function takeInstallation(dataDir: string): Disposable {
  const directory = join(dataDir, 'up');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    const lock = takeOwnerLock(directory, 'postgres');
    return { [Symbol.dispose]: () => lock.release() };
  } catch (error) {
    if (!(error instanceof EmbeddedServerError) || error.code !== 'owned') throw error;
    throw new CliError(
      `another \`handback up\` (process ${ownerOf(directory)}) runs in ${dataDir}: stop it first, or set HANDBACK_DATA to another directory`,
      { cause: error },
    );
  }
}
