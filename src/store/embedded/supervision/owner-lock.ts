/**
 * The lock that makes one process the owner of a data directory and dies with that process.
 *
 * It is a row of generations, `owner.<n>.json`, of which the highest counts. Generations only grow
 * and the highest file is never removed, so taking over from a dead owner is one atomic step
 * (creating n+1) that exactly one contender wins. A single lock file would have to be deleted
 * first, and a slow contender could then delete the winner's.
 */
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedServerError, type EmbeddedServerName } from './errors.ts';
import { isSameProcess, processMark } from './process-table.ts';
import { readJsonState, writeStateFile } from './state-file.ts';

const ownerSchema = z.object({ pid: z.number().int(), mark: z.string(), released: z.boolean() });
type Owner = z.infer<typeof ownerSchema>;

const GENERATION = /^owner\.(\d+)\.json$/;

/** Proof of ownership, held until released or until the process is gone. */
export interface OwnerLock {
  /** Lets another process, or a later start in this one, take the directory. Repeatable. */
  release(): void;
}

/**
 * Makes this process the owner of `directory`, which is created when absent.
 *
 * @throws EmbeddedServerError `owned` when a live process (this one too) owns it.
 */
export function takeOwnerLock(directory: string, server: EmbeddedServerName): OwnerLock {
  mkdirSync(directory, { recursive: true });
  const me = { pid: process.pid, mark: processMark(process.pid) ?? '', released: false };
  for (;;) {
    const latest = latestGeneration(directory);
    const owner = liveOwner(directory, latest);
    if (owner) {
      throw new EmbeddedServerError(
        server,
        'owned',
        `${directory} is in use by the running process ${owner.pid}; stop it first, or choose another data directory`,
      );
    }
    const mine = latest + 1;
    if (!createGeneration(directory, mine, me)) continue;
    // Somebody may have moved on while we looked at an old listing; then our file means nothing.
    if (latestGeneration(directory) !== mine) {
      rmSync(pathOf(directory, mine), { force: true });
      continue;
    }
    removeBelow(directory, mine - 1);
    return { release: () => release(directory, mine, me) };
  }
}

/** The pid of the live process that owns `directory`, or null. */
export function ownerOf(directory: string): number | null {
  return liveOwner(directory, latestGeneration(directory))?.pid ?? null;
}

function release(directory: string, generation: number, me: Owner): void {
  // Marked, not removed: the row must not begin again at 1. A directory deleted meanwhile has no
  // owner to release.
  if (latestGeneration(directory) !== generation) return;
  writeStateFile(pathOf(directory, generation), JSON.stringify({ ...me, released: true }));
}

function liveOwner(directory: string, generation: number): Owner | null {
  if (generation === 0) return null;
  const owner = readJsonState(pathOf(directory, generation), ownerSchema);
  if (!owner || owner.released || !isSameProcess(owner.pid, owner.mark)) return null;
  return owner;
}

function createGeneration(directory: string, generation: number, owner: Owner): boolean {
  const draft = join(directory, `draft.${process.pid}.${generation}.json`);
  writeStateFile(draft, JSON.stringify(owner));
  try {
    linkSync(draft, pathOf(directory, generation));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function latestGeneration(directory: string): number {
  return Math.max(0, ...generations(directory));
}

function removeBelow(directory: string, limit: number): void {
  for (const generation of generations(directory)) {
    if (generation < limit) rmSync(pathOf(directory, generation), { force: true });
  }
}

function generations(directory: string): number[] {
  return namesIn(directory).flatMap((name) => {
    const match = GENERATION.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function pathOf(directory: string, generation: number): string {
  return join(directory, `owner.${generation}.json`);
}
