/**
 * A program that owns embedded servers until it is killed, for tests that kill it.
 *
 *     node owner-process.ts postgres <data directory>
 *     node owner-process.ts temporal <data directory> <temporal program>
 *
 * Prints one line of JSON once the server is ready.
 */
import { startEmbeddedPostgres } from '../../../src/store/embedded/postgres.ts';
import { startEmbeddedTemporal } from '../../../src/worker/embedded-temporal/embedded-temporal.ts';
import { quiet } from './quiet.ts';

// Ends by the uncaught error, as a defect in the engine would. Known before the first line is printed: the signal may follow it
// at once.
process.once('SIGUSR2', () => {
  throw new Error('as asked');
});

const [kind, dataDir = '', cliPath = ''] = process.argv.slice(2);

if (kind === 'temporal') {
  const { pid, address } = await startEmbeddedTemporal({ dataDir, cliPath, log: quiet });
  console.log(JSON.stringify({ pid, at: address }));
} else {
  const { pid, url } = await startEmbeddedPostgres({ dataDir, log: quiet });
  console.log(JSON.stringify({ pid, at: url }));
}
setInterval(() => {}, 60_000);
