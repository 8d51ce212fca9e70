import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonState, writeStateFile } from './state-file.ts';

const portsSchema = z.record(z.string(), z.number().int().min(1).max(65535));

/** Where an embedded server listens: a loopback port per purpose. */
export type Ports = Readonly<Record<string, number>>;

/**
 * A loopback port for each name, the same as last time where it is still free, so that addresses
 * stay valid over a restart. The choice is kept in `directory`.
 */
export async function keptPorts(directory: string, names: readonly string[]): Promise<Ports> {
  const file = join(directory, 'ports.json');
  const before = readJsonState(file, portsSchema) ?? {};
  const ports: Record<string, number> = {};
  for (const name of names) {
    const kept = before[name];
    ports[name] = kept !== undefined && (await isFree(kept)) ? kept : await freePort(Object.values(ports));
  }
  // Names not asked for this time keep their ports for the next.
  writeStateFile(file, JSON.stringify({ ...before, ...ports }));
  return ports;
}

async function freePort(taken: readonly number[]): Promise<number> {
  // Below the range that systems hand out to outgoing connections: a port from there could be
  // somebody's at the next start.
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(15_000, 32_000);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error('no free loopback port between 15000 and 32000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}
