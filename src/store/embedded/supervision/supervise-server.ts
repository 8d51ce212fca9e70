/**
 * Runs one server beside the engine: one owner per data directory, adopts what a killed owner left
 * running, starts it otherwise, and tells when it ends.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EmbeddedServerError, type EmbeddedServerName } from './errors.ts';
import { keptPorts, type Ports } from './kept-ports.ts';
import { isSameProcess, processMark } from './process-table.ts';
import { readJsonState, writeStateFile } from './state-file.ts';
import { stopAtExit } from './stop-at-exit.ts';
import {
  adoptSupervised,
  exitedWithin,
  spawnSupervised,
  type ProcessExit,
  type ServerCommand,
  type SupervisedProcess,
} from './supervised-process.ts';

/** Where supervision reports; a pino logger fits. */
export interface EmbeddedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** `fast` ends sessions and shuts down in order; `immediate` as after a crash. */
export type StopMode = 'fast' | 'immediate';

/** Signals to try in turn, each with the time it is given, in milliseconds. */
export type StopSequence = readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[];

/** What differs from server to server. */
export interface ServerSpec {
  readonly name: EmbeddedServerName;
  /** The server's private directory, which the caller has locked. */
  readonly home: string;
  readonly logFile: string;
  readonly portNames: readonly string[];
  command(ports: Ports): ServerCommand;
  /** One attempt to talk to it; an error means "not yet" and is the cause if it stays so. */
  probe(ports: Ports): Promise<void>;
  /** A process that serves this data without a record of ours; null when none does. */
  findStray(): number | null;
  /** Removes what a dead process left behind; runs when none is left. */
  clearRemains(): void;
  readonly stop: Readonly<Record<StopMode, StopSequence>>;
  readonly readyWithinMs: number;
  readonly log: EmbeddedLog;
}

/** The end of an embedded server; `expected` when `stop` was called. */
export interface ServerExit extends ProcessExit {
  readonly expected: boolean;
}

/** A server that is ready. */
export interface RunningServer {
  readonly pid: number;
  readonly ports: Ports;
  /** True when it was found running rather than started. */
  readonly adopted: boolean;
  /** Stops it and waits until it is gone. Repeatable. */
  stop(mode?: StopMode): Promise<void>;
  /** Resolves once it is gone and the directory is free for a new start; never rejects. */
  readonly exited: Promise<ServerExit>;
}

const recordSchema = z.object({
  pid: z.number().int(),
  mark: z.string(),
  commandDigest: z.string(),
  ports: z.record(z.string(), z.number().int()),
});

const ATTEMPTS = 6;
const PROBE_PAUSE_MS = 25;

/**
 * Adopts or starts the server and waits until it is ready.
 *
 * @param release frees the directory; called when the server has ended or could not be started.
 * @throws EmbeddedServerError `start-failed`, `not-ready`, `stop-failed`.
 */
export async function superviseServer(spec: ServerSpec, release: () => void): Promise<RunningServer> {
  try {
    const adopted = await adoptRecorded(spec);
    if (adopted) return running(spec, adopted.process, adopted.ports, true, release);
    await stopStray(spec);
    const started = await startAnew(spec);
    return running(spec, started.process, started.ports, false, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** Stops whatever still serves this data, recorded or not. The caller owns the directory. */
export async function stopWhatRuns(spec: ServerSpec): Promise<void> {
  const record = readJsonState(recordFile(spec), recordSchema);
  if (record && isSameProcess(record.pid, record.mark)) {
    await stopProcess(spec, adoptSupervised(record.pid, record.mark), 'fast');
  }
  await stopStray(spec);
}

interface Ready {
  readonly process: SupervisedProcess;
  readonly ports: Ports;
}

async function adoptRecorded(spec: ServerSpec): Promise<Ready | null> {
  const record = readJsonState(recordFile(spec), recordSchema);
  if (!record || !isSameProcess(record.pid, record.mark)) return null;
  const found = adoptSupervised(record.pid, record.mark);
  const asWanted =
    spec.portNames.every((name) => name in record.ports) &&
    record.commandDigest === digestOf(spec.command(record.ports));
  // Other settings or another version: what runs is stopped in order and started as wanted.
  if (asWanted && (await becomesReady(spec, found, record.ports)).ready) {
    spec.log.info({ pid: found.pid, ports: record.ports }, `adopted a running ${spec.name}`);
    return { process: found, ports: record.ports };
  }
  await stopProcess(spec, found, 'fast');
  return null;
}

async function stopStray(spec: ServerSpec): Promise<void> {
  const pid = spec.findStray();
  const mark = pid === null ? null : processMark(pid);
  if (pid !== null && mark !== null) {
    spec.log.warn({ pid }, `stopping a ${spec.name} that runs without a record`);
    await stopProcess(spec, adoptSupervised(pid, mark), 'fast');
  }
  spec.clearRemains();
  rmSync(recordFile(spec), { force: true });
}

async function startAnew(spec: ServerSpec): Promise<Ready> {
  const logStart = statSync(spec.logFile, { throwIfNoEntry: false })?.size ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const ports = await keptPorts(spec.home, spec.portNames);
    const command = spec.command(ports);
    const child = await spawnRecorded(spec, command, ports);
    const outcome = await becomesReady(spec, child, ports);
    if (outcome.ready) {
      spec.log.info({ pid: child.pid, ports }, `started ${spec.name}`);
      return { process: child, ports };
    }
    if (!child.hasExited()) {
      await stopProcess(spec, child, 'immediate');
      throw new EmbeddedServerError(
        spec.name,
        'not-ready',
        `${spec.name} was not ready within ${spec.readyWithinMs} ms; see ${spec.logFile}`,
        { cause: outcome.lastError },
      );
    }
    if (attempt === ATTEMPTS) {
      throw new EmbeddedServerError(
        spec.name,
        'start-failed',
        `${spec.name} ended before it was ready; ${spec.logFile} says: ${logSince(spec.logFile, logStart)}`,
        { cause: outcome.lastError },
      );
    }
    // It may have lost a race for its port, or still be held up by sessions of a killed
    // predecessor: both pass.
    await sleep(100 * 2 ** attempt);
    spec.clearRemains();
  }
}

async function spawnRecorded(
  spec: ServerSpec,
  command: ServerCommand,
  ports: Ports,
): Promise<SupervisedProcess> {
  try {
    return await spawnSupervised(command, spec.logFile, (pid, mark) => {
      const commandDigest = digestOf(command);
      writeStateFile(recordFile(spec), JSON.stringify({ pid, mark, commandDigest, ports }));
    });
  } catch (cause) {
    throw new EmbeddedServerError(
      spec.name,
      'binaries-missing',
      `${command.file} cannot be run: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

async function becomesReady(
  spec: ServerSpec,
  server: SupervisedProcess,
  ports: Ports,
): Promise<{ ready: boolean; lastError?: unknown }> {
  const deadline = performance.now() + spec.readyWithinMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    if (server.hasExited()) return { ready: false, lastError };
    try {
      // A probe can hang on a port that nobody answers; the server's end is then the faster news.
      const ended = server.exited.then(() => 'ended' as const);
      const probed = spec.probe(ports).then(() => 'ready' as const);
      if ((await Promise.race([probed, ended])) === 'ready') return { ready: true };
      probed.catch(() => {});
    } catch (error) {
      lastError = error;
    }
    await sleep(PROBE_PAUSE_MS);
  }
  return { ready: false, lastError };
}

function running(
  spec: ServerSpec,
  server: SupervisedProcess,
  ports: Ports,
  adopted: boolean,
  release: () => void,
): RunningServer {
  let expected = false;
  const forget = stopAtExit(() => server.signal(spec.stop.fast[0]?.signal ?? 'SIGTERM'));
  const exited = server.exited.then((exit): ServerExit => {
    forget();
    release();
    if (!expected) spec.log.warn({ pid: server.pid, ...exit }, `${spec.name} ended unexpectedly`);
    return { ...exit, expected };
  });
  return {
    pid: server.pid,
    ports,
    adopted,
    exited,
    stop: async (mode = 'fast') => {
      if (!server.hasExited()) expected = true;
      await stopProcess(spec, server, mode);
      await exited;
    },
  };
}

async function stopProcess(spec: ServerSpec, server: SupervisedProcess, mode: StopMode): Promise<void> {
  for (const step of spec.stop[mode]) {
    server.signal(step.signal);
    if (await exitedWithin(server, step.waitMs)) return;
    spec.log.warn({ pid: server.pid, signal: step.signal }, `${spec.name} is slow to stop`);
  }
  throw new EmbeddedServerError(
    spec.name,
    'stop-failed',
    `${spec.name}, process ${server.pid}, does not stop`,
  );
}

function recordFile(spec: ServerSpec): string {
  return join(spec.home, 'server.json');
}

function digestOf(command: ServerCommand): string {
  return createHash('sha256')
    .update(JSON.stringify([command.file, command.args, command.runAs ?? null]))
    .digest('hex');
}

function logSince(path: string, start: number): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const from = Math.max(size >= start ? start : 0, size - 2000);
  if (size === 0) return '(nothing)';
  const buffer = Buffer.alloc(size - from);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, buffer, 0, buffer.length, from);
  } finally {
    closeSync(handle);
  }
  return buffer.toString('utf8').trim() || '(nothing)';
}
