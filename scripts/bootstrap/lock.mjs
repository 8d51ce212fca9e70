/**
 * A lock between processes, held in a file. Two bootstraps at the same time take turns; a lock left
 * by a killed one is taken over.
 */
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

/** The holder touches its lock this often ... */
const HEARTBEAT_MS = 5_000;
/** ... so a lock of another host (a shared home directory) that is older than this has no holder. */
const STALE_MS = 90_000;
const POLL_MS = 250;

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} path the lock file
 * @param {string} purpose what the lock protects, for the line that says we wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, purpose, work) {
  mkdirSync(dirname(path), { recursive: true });
  const release = await acquire(path, purpose);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(path, purpose) {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  let told = false;
  while (!tryCreate(path, mine)) {
    const holder = readHolder(path);
    if (holder && isAbandoned(path, holder)) {
      takeAway(path, holder.text);
      continue;
    }
    if (!told && holder) {
      say(`another bootstrap (process ${holder.pid}) is getting ${purpose}; waiting for it`);
      told = true;
    }
    await sleep(POLL_MS);
  }
  return keepAlive(path, mine);
}

function tryCreate(path, text) {
  // Written apart and linked into place: the lock never exists with half its content.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function keepAlive(path, text) {
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Taken away after a long suspension of this machine; the release below will see it too.
    }
  }, HEARTBEAT_MS);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.removeListener('exit', release);
    if (readText(path) === text) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return release;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readHolder(path) {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return { ...JSON.parse(text), text };
  } catch {
    return { pid: 0, host: '', text };
  }
}

function isAbandoned(path, holder) {
  if (holder.host === hostname() && holder.pid > 0) return !isAlive(holder.pid);
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > STALE_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes an abandoned lock, but gives it back when another process has just replaced it. */
function takeAway(path, judged) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readText(aside) !== judged) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}
