/** The outside world of one round: people leave, devices come back, trucks go, the vendor certifies. The same for both programs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlClient } from '../../sandbox/core/testing.ts';
import type { Leaver } from '../harness/company.ts';
import type { DeviceProgress, System } from './system.ts';

/** How often the world looks whether there is something to do. */
const LOOK_MS = 100;
/** Only ends a round that would never end. */
const LIMIT_MS = Number(process.env['HANDBACK_BENCH_LIMIT_MS'] ?? 300_000);

export interface Drive {
  readonly system: System;
  readonly control: ControlClient;
  readonly leavers: readonly Leaver[];
  /** What all their serials begin with. */
  readonly prefix: string;
  /** Devices per pickup. */
  readonly pickupSize: number;
}

export interface Driven {
  readonly milliseconds: number;
  readonly pickupIds: readonly string[];
}

/** Everybody leaves at once; resolves when all offboardings are completed. @throws Error when they do not get there. */
export async function drive({ system, control, leavers, prefix, pickupSize }: Drive): Promise<Driven> {
  const begun = performance.now();
  const scanned = new Set<string>();
  const picked = new Set<string>();
  const pickups = new Map<string, Promise<void>>();
  const work: Promise<void>[] = [];
  const failed: { error: Error | null } = { error: null };
  const run = (task: Promise<void>): void => {
    work.push(
      task.catch(
        (error: unknown) => void (failed.error ??= error instanceof Error ? error : new Error(String(error))),
      ),
    );
  };
  for (const { key } of leavers) run(control.post(`/instances/okta/users/${key}/deactivate`));

  for (;;) {
    if (failed.error !== null) throw failed.error;
    const devices = await system.progress(prefix);
    for (const device of devices) {
      if (scanned.has(device.id)) continue;
      scanned.add(device.id);
      run(system.scanIn(device));
    }
    const staged = devices.filter(({ id, state }) => state === 'staged' && !picked.has(id));
    // Trucks go full, but for the last: so both programs make as many pickups.
    const ready =
      picked.size + staged.length === leavers.length
        ? staged.length
        : staged.length - (staged.length % pickupSize);
    for (let from = 0; from < ready; from += pickupSize) {
      const load = staged.slice(from, Math.min(from + pickupSize, ready));
      for (const { id } of load) picked.add(id);
      const pickupId = await system.createPickup(load);
      const going = handOver(system, control, pickupId, load);
      pickups.set(pickupId, going);
      run(going);
    }
    if (devices.length === leavers.length && devices.every(({ completed }) => completed)) break;
    if (performance.now() - begun > LIMIT_MS)
      throw new Error(
        [
          `${system.name}: still ${told(devices, leavers.length)} after ${LIMIT_MS / 1000} s`,
          ...(await system.explain(prefix)),
        ].join('\n  '),
      );
    await sleep(LOOK_MS);
  }
  const milliseconds = performance.now() - begun;
  await Promise.all(work);
  return { milliseconds, pickupIds: [...pickups.keys()] };
}

/** One truck: scanned by the dock and by the crew, confirmed, received, certified. */
async function handOver(
  system: System,
  control: ControlClient,
  pickupId: string,
  load: readonly DeviceProgress[],
): Promise<void> {
  const vendor = `/instances/itad/pickups/${encodeURIComponent(pickupId)}`;
  await until(async () => (await system.pickup(pickupId)).isBooked);
  for (const { serial } of load) await system.dockScan(pickupId, serial);
  await control.post(`${vendor}/collect`, {});
  await until(async () => (await system.pickup(pickupId)).isVendorScanned);
  await system.confirm(
    pickupId,
    load.map(({ serial }) => serial),
  );
  await control.post(`${vendor}/receive`, {});
  await control.post(`${vendor}/certify`, {});
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('a pickup does not go on');
    await sleep(LOOK_MS);
  }
}

function told(devices: readonly DeviceProgress[], leavers: number): string {
  const counts = Map.groupBy(devices, ({ state, completed }) => (completed ? 'completed' : state));
  return `${leavers - devices.length} not found, ${[...counts].map(([state, list]) => `${list.length} ${state}`).join(', ')}`;
}
