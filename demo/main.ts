/**
 * `npm run demo`: a compressed month of offboardings against simulated vendors, driven through public entrances only:
 * the engine's API and webhooks, its command line, and the vendors' own interfaces. Exit code 0 only when it ends as told,
 * checked against the vendors' records.
 */
import { HELP, readOptions } from './options.ts';
import { runDemo } from './run.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else process.exitCode = await runDemo(options);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
