/** Completed one-device offboardings a second: the engine against the straightforward program, in turns, on the same servers. */
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { seedLeavers } from '../harness/company.ts';
import { writeConfigFile } from '../harness/config-file.ts';
import { registerOktaHook } from '../harness/hooks.ts';
import type { Servers } from '../harness/servers.ts';
import { median } from '../report/statistics.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { engineSystem } from './engine-system.ts';
import { pauseForGood } from './pause.ts';
import type { RoundPlan, RoundResult } from './round.ts';
import { groupOf, runRound } from './round.ts';
import { straightforwardSystem } from './straightforward-system.ts';
import type { System } from './system.ts';

export interface ThroughputPlan extends RoundPlan {
  /** Pairs of rounds. */
  readonly rounds: number;
}

export interface ThroughputResult {
  readonly plan: ThroughputPlan;
  readonly rounds: readonly RoundResult[];
  /** Engine over straightforward, one per pair. */
  readonly ratios: readonly number[];
  readonly ratio: number;
}

const SCHEDULES = {
  engine: ['sweep:sweepWipes:intune'],
  straightforward: ['straightforward-sweep'],
} as const;
/** The bench's directory snapshots would look everybody up before they leave: neither program may know them before. */
const NEVER = [
  'sweep:snapshotDirectory:okta',
  'sweep:snapshotDirectory:entra',
  'sweep:sweepIdentity:okta',
  'sweep:sweepIdentity:entra',
  'sweep:reconcile',
];

/** @param port Where the vendors' webhooks go, and where whichever program runs listens. */
export async function measureThroughput(
  plan: ThroughputPlan,
  servers: Servers,
  port: number,
  say: (line: string) => void,
): Promise<ThroughputResult> {
  const { sandbox, temporalAddress } = servers;
  const url = `http://127.0.0.1:${port}`;
  const configFile = await writeConfigFile({ directory: servers.directory, urls: sandbox.urls, port });
  const databases = {
    engine: await servers.createDatabase('engine'),
    straightforward: await servers.createDatabase('straightforward'),
  };
  await migrateToLatest(databases.engine);
  const pools = {
    engine: new pg.Pool({ connectionString: databases.engine, max: 3 }),
    straightforward: new pg.Pool({ connectionString: databases.straightforward, max: 3 }),
  };
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection });
  const parts = (name: System['name']) => ({
    configFile,
    databaseUrl: databases[name],
    temporalAddress,
    url,
    pool: pools[name],
  });
  const systems = [straightforwardSystem(parts('straightforward')), engineSystem(parts('engine'))];
  const numbers = Array.from({ length: plan.rounds }, (_one, index) => index + 1);
  const groups = numbers.flatMap((round) => systems.map((system) => groupOf(round, system.name, plan)));
  await seedLeavers(
    sandbox.control,
    groups.flatMap(({ warm, measured }) => [...warm, ...measured]),
  );
  await pauseForGood(client, NEVER);

  const registered = hookOnce(sandbox.urls['okta'] ?? '', url);
  const results: RoundResult[] = [];
  try {
    for (const round of numbers) {
      // Who goes first changes with each pair, so that what warms up or fills up over time favours nobody.
      for (const system of round % 2 === 1 ? systems : systems.toReversed()) {
        await resume(client, SCHEDULES[system.name]);
        const result = await runRound(withHook(system, registered), round, plan, servers, client);
        await pause(client, SCHEDULES[system.name]);
        results.push(result);
        say(
          `round ${round}: ${result.system}: ${result.casesPerSecond.toFixed(2)} cases a second (${result.cases} in ${result.seconds.toFixed(1)} s)`,
        );
      }
    }
  } finally {
    await Promise.all([connection.close(), pools.engine.end(), pools.straightforward.end()]);
  }
  const rate = (round: number, name: System['name']): number =>
    results.filter(({ system }) => system === name)[round - 1]?.casesPerSecond ?? Number.NaN;
  const ratios = numbers.map((round) => rate(round, 'engine') / rate(round, 'straightforward'));
  return { plan, rounds: results, ratios, ratio: median(ratios) };
}

/** Okta verifies the receiver, so it is registered when the first program is up; the address is the same for both. */
function hookOnce(oktaUrl: string, url: string): () => Promise<void> {
  let registered: Promise<void> | null = null;
  return () => (registered ??= registerOktaHook(oktaUrl, url));
}

function withHook(system: System, registered: () => Promise<void>): System {
  return {
    ...system,
    async start() {
      const processes = await system.start();
      await registered();
      return processes;
    },
  };
}

async function pause(client: Client, ids: readonly string[]): Promise<void> {
  for (const id of ids) await client.schedule.getHandle(id).pause();
}

/** A schedule that its program has not made yet runs from the start. */
async function resume(client: Client, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    await client.schedule
      .getHandle(id)
      .unpause()
      .catch(() => undefined);
}
