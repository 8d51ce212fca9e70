/** `npm run bench`: measures, prints, saves, and ends with an error when a ratio that is held to is not met. */
import { measureDock } from './dock/run.ts';
import { freePort } from './harness/free-port.ts';
import { startServers } from './harness/servers.ts';
import type { Servers } from './harness/servers.ts';
import { HELP, readOptions } from './options.ts';
import type { Options, Part } from './options.ts';
import { heldTo } from './report/held.ts';
import { measureImports } from './imports/run.ts';
import { measurePacks } from './packs/run.ts';
import { describeMachine } from './report/machine.ts';
import { saveResults } from './report/results.ts';
import type { Results } from './report/results.ts';
import { printResults } from './report/tables.ts';
import { measureLedger } from './ledger/run.ts';
import { measureSweep } from './sweep/run.ts';
import { measureThroughput } from './throughput/run.ts';
import { measureWebhooks } from './webhooks/run.ts';

const WEBHOOK_TURNS = 4;
const LEDGER_WRITERS = 8;
const PROOFS = 300;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
let running: Servers | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else process.exitCode = (await bench(options)) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}

/** @returns Whether everything that is held to is met. */
async function bench(options: Options): Promise<boolean> {
  let results: Results = { machine: describeMachine() };
  for (const part of options.parts) results = { ...results, ...(await measure(part, options)) };
  const held = heldTo(results);
  process.stdout.write(printResults(results, held));
  say(`saved in ${await saveResults(results, held)}`);
  return held.every(({ isMet }) => isMet);
}

/** Each part has servers of its own, so that none inherits what another left. */
async function measure(part: Part, options: Options): Promise<Omit<Results, 'machine'>> {
  const port = await freePort();
  say(`${part}: starting PostgreSQL, Temporal and the sandbox`);
  const servers = (running = await startServers(`http://127.0.0.1:${port}`));
  try {
    const {
      rounds,
      cases,
      warmUp,
      pickupSize,
      webhookSeconds: seconds,
      webhooksPerSecond: perSecond,
      pending,
      leaves,
      ledgerSeconds,
      lines,
      ours,
    } = options;
    switch (part) {
      case 'throughput':
        return {
          throughput: await measureThroughput({ rounds, cases, warmUp, pickupSize }, servers, port, say),
        };
      case 'webhooks':
        return {
          webhooks: await measureWebhooks({ perSecond, seconds, turns: WEBHOOK_TURNS }, servers, say),
        };
      case 'imports':
        return { imports: await measureImports({ lines, ours }, servers, say) };
      case 'packs':
        return {
          packs: await measurePacks({ facts: options.packFacts, times: options.packTimes }, servers, say),
        };
      case 'sweep':
        return { sweep: await measureSweep(pending, servers, say) };
      case 'dock':
        return {
          dock: await measureDock({ lines: options.dockLines, scans: options.dockScans }, servers, say),
        };
      case 'ledger': {
        const small = Math.max(1, Math.floor(leaves / 100));
        const plan = {
          writers: LEDGER_WRITERS,
          seconds: ledgerSeconds,
          small,
          large: leaves,
          proofs: PROOFS,
          verified: options.verified,
        };
        return { ledger: await measureLedger(plan, servers, say) };
      }
    }
  } finally {
    running = null;
    await servers.stop();
  }
}

/** Children of ours end with us; the servers are told. */
async function end(code: number): Promise<void> {
  await running?.stop().catch(() => undefined);
  process.exit(code);
}
