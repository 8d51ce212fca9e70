/** One round: one program started, warmed up, driven, measured, stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { leaversOf } from '../harness/company.ts';
import type { Leaver } from '../harness/company.ts';
import type { Servers } from '../harness/servers.ts';
import { processorMs, residentMiB } from '../harness/usage.ts';
import { median } from '../report/statistics.ts';
import { drive } from './driver.ts';
import type { System, SystemProcess } from './system.ts';
import { eventTypes, historySize } from './histories.ts';
import type { HistorySize } from './histories.ts';

export interface RoundPlan {
  readonly cases: number;
  readonly warmUp: number;
  readonly pickupSize: number;
}

export interface RoundResult {
  readonly system: System['name'];
  readonly cases: number;
  readonly seconds: number;
  readonly casesPerSecond: number;
  /** Processor milliseconds per case, by process. */
  readonly processorMsPerCase: Readonly<Record<string, number>>;
  readonly transactionsPerCase: number;
  readonly vendorCallsPerCase: number;
  /** MiB, at rest (started, warmed up, idle) and under load (the largest seen). */
  readonly memory: Readonly<
    Record<'api' | 'worker', { readonly atRest: number; readonly underLoad: number }>
  >;
  /** Medians per workflow, by what it follows; pickups per device. */
  readonly history: Readonly<Record<string, HistorySize>>;
  /** Event types of one workflow of each kind: where its events come from. */
  readonly eventTypes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Effects at the vendors per case, by kind: both programs must have asked for the same. */
  readonly effects: Readonly<Record<string, number>>;
}

const SETTLE_MS = 1_500;
const SAMPLE_MS = 500;
const HISTORIES = 10;

/** Who leaves in a round, the warm-up first: made before anything starts. */
export function groupOf(
  round: number,
  system: System['name'],
  plan: RoundPlan,
): { readonly name: string; readonly warm: readonly Leaver[]; readonly measured: readonly Leaver[] } {
  const name = `${system === 'engine' ? 'e' : 's'}${round}`;
  return { name, warm: leaversOf(`${name}w`, plan.warmUp), measured: leaversOf(`${name}m`, plan.cases) };
}

export async function runRound(
  system: System,
  round: number,
  plan: RoundPlan,
  servers: Servers,
  client: Client,
): Promise<RoundResult> {
  const { control } = servers.sandbox;
  const { pickupSize } = plan;
  const { warm, measured } = groupOf(round, system.name, plan);
  const processes = await system.start();
  try {
    await drive({ system, control, leavers: warm, prefix: prefixOf(warm), pickupSize });
    await sleep(SETTLE_MS);
    const atRest = memoryOf(processes);
    const effectsBefore = await effectCount(servers);
    const before = await snapshot(system, processes, servers);
    const peak = watchMemory(processes);
    const prefix = prefixOf(measured);
    const { milliseconds, pickupIds } = await drive({
      system,
      control,
      leavers: measured,
      prefix,
      pickupSize,
    });
    const underLoad = peak.stop();
    const after = await snapshot(system, processes, servers);
    const count = measured.length;
    return {
      system: system.name,
      cases: count,
      seconds: milliseconds / 1000,
      casesPerSecond: count / (milliseconds / 1000),
      processorMsPerCase: Object.fromEntries(
        Object.keys(after.cpu).map((name) => [
          name,
          ((after.cpu[name] ?? 0) - (before.cpu[name] ?? 0)) / count,
        ]),
      ),
      transactionsPerCase: (after.transactions - before.transactions) / count,
      vendorCallsPerCase: (after.requests - before.requests) / count,
      memory: {
        api: { atRest: atRest.api, underLoad: underLoad.api },
        worker: { atRest: atRest.worker, underLoad: underLoad.worker },
      },
      history: await histories(system, client, prefix, pickupIds, count),
      eventTypes: await typesOf(system, client, prefix, pickupIds),
      effects: await effectsSince(servers, effectsBefore, count),
    };
  } finally {
    await system.stop();
  }
}

function prefixOf([first]: readonly Leaver[]): string {
  return first?.serial.replace(/\d{5}$/u, '') ?? '';
}

async function snapshot(system: System, processes: readonly SystemProcess[], { pids }: Servers) {
  const own = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
  const all: Readonly<Record<string, number>> = {
    ...own,
    temporal: pids.temporal,
    postgres: pids.postgres,
    sandbox: pids.sandbox,
    driver: process.pid,
  };
  const cpu = Object.fromEntries(
    Object.entries(all).map(([name, pid]) => [name, processorMs(pid, name === 'postgres') ?? 0]),
  );
  const worker = processes.find(({ name }) => name === 'worker');
  const requests = Object.values((await worker?.requests()) ?? {}).reduce((sum, one) => sum + one, 0);
  return { cpu, requests, transactions: await system.transactions() };
}

type Memory = Record<'api' | 'worker', number>;

function memoryOf(processes: readonly SystemProcess[]): Memory {
  const memory: Memory = { api: 0, worker: 0 };
  for (const { name, pid } of processes) memory[name] = residentMiB(pid) ?? 0;
  return memory;
}

function watchMemory(processes: readonly SystemProcess[]): { stop(): Memory } {
  const most = memoryOf(processes);
  const look = (): void => {
    const now = memoryOf(processes);
    for (const name of ['api', 'worker'] as const) most[name] = Math.max(most[name], now[name]);
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

async function histories(
  system: System,
  client: Client,
  prefix: string,
  pickupIds: readonly string[],
  cases: number,
): Promise<Readonly<Record<string, HistorySize>>> {
  const workflows = await system.workflows(prefix, pickupIds);
  const sizes: Record<string, HistorySize> = {};
  for (const [kind, ids] of Object.entries(workflows)) {
    const read = await Promise.all(
      (kind === 'pickup' ? ids : ids.slice(0, HISTORIES)).map((id) => historySize(client, id)),
    );
    const share = kind === 'pickup' ? ids.length / cases : 1;
    sizes[kind] = {
      events: median(read.map(({ events }) => events)) * share,
      bytes: median(read.map(({ bytes }) => bytes)) * share,
    };
  }
  return sizes;
}

async function typesOf(
  system: System,
  client: Client,
  prefix: string,
  pickupIds: readonly string[],
): Promise<RoundResult['eventTypes']> {
  const workflows = await system.workflows(prefix, pickupIds);
  const read = Object.entries(workflows).map(
    async ([kind, [id]]) =>
      [kind, id === undefined ? {} : Object.fromEntries(await eventTypes(client, id))] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

interface Effect {
  readonly kind: string;
}

async function readEffects({ sandbox }: Servers): Promise<readonly Effect[]> {
  return (await sandbox.control.get<{ effects: readonly Effect[] }>('/effects')).effects;
}

async function effectCount(servers: Servers): Promise<number> {
  return (await readEffects(servers)).length;
}

async function effectsSince(
  servers: Servers,
  before: number,
  cases: number,
): Promise<Readonly<Record<string, number>>> {
  const counts = Map.groupBy((await readEffects(servers)).slice(before), ({ kind }) => kind);
  return Object.fromEntries(
    [...counts.keys()].toSorted().map((kind) => [kind, (counts.get(kind)?.length ?? 0) / cases]),
  );
}
