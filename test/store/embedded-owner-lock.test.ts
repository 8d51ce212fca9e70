import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownerOf, takeOwnerLock } from '../../src/store/embedded/supervision/owner-lock.ts';
import { processMark } from '../../src/store/embedded/supervision/process-table.ts';

const MODULE = new URL('../../src/store/embedded/supervision/owner-lock.ts', import.meta.url).href;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'handback-lock-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A process that tries for the lock once told to, says how that went, and stays until told to go. */
function contender(): { go: () => void; outcome: Promise<string> } {
  const program = `
    const { takeOwnerLock } = await import(${JSON.stringify(MODULE)});
    process.stdin.once('data', () => {
      try { takeOwnerLock(process.argv[1], 'postgres'); console.log('won'); }
      catch (error) { console.log(error.code); }
      process.stdin.once('data', () => process.exit());
      process.stderr.write('.');
    });
    process.stderr.write('.');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory]);
  const ready = once(child.stderr, 'data');
  const outcome = text(child.stdout).then((answer) => answer.trim());
  return {
    go: () => void ready.then(() => child.stdin.write('go')),
    outcome: (async () => {
      await ready;
      await once(child.stderr, 'data');
      everyone.push(() => child.stdin.write('leave'));
      decided();
      return outcome;
    })(),
  };
}

const CONTENDERS = 6;
let everyone: (() => void)[] = [];

/** Nobody leaves before all have tried: a lock freed by a winner's exit may rightly be won again. */
function decided(): void {
  if (everyone.length < CONTENDERS) return;
  for (const leave of everyone) leave();
  everyone = [];
}

test('of processes that take over from a dead owner at once, exactly one wins', async () => {
  writeFileSync(
    join(directory, 'owner.41.json'),
    JSON.stringify({ pid: process.pid, mark: 'earlier', released: false }),
  );
  const contenders = Array.from({ length: CONTENDERS }, contender);
  for (const each of contenders) each.go();
  const outcomes = await Promise.all(contenders.map((each) => each.outcome));
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: CONTENDERS - 1 }, () => 'owned'), 'won']);
});

test('a released lock can be taken again, also by the same process', () => {
  const lock = takeOwnerLock(directory, 'postgres');
  expect(ownerOf(directory)).toBe(process.pid);
  expect(() => takeOwnerLock(directory, 'postgres')).toThrow(String(process.pid));
  lock.release();
  lock.release();
  expect(ownerOf(directory)).toBeNull();
  takeOwnerLock(directory, 'postgres').release();
});

test('releasing late does not release the next owner', () => {
  const first = takeOwnerLock(directory, 'postgres');
  first.release();
  takeOwnerLock(directory, 'postgres');
  first.release();
  expect(ownerOf(directory)).toBe(process.pid);
});

test('a damaged lock file, or one of a pid that another process has now, owns nothing', () => {
  writeFileSync(join(directory, 'owner.1.json'), '{"pid":');
  expect(ownerOf(directory)).toBeNull();
  writeFileSync(
    join(directory, 'owner.2.json'),
    JSON.stringify({ pid: process.pid, mark: 'x', released: false }),
  );
  expect(ownerOf(directory)).toBeNull();
  takeOwnerLock(directory, 'postgres');
  expect(ownerOf(directory)).toBe(process.pid);
});

test('a process has a mark while it lives, and none when it is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = child.pid ?? 0;
  expect(processMark(pid)).toBe(processMark(pid));
  expect(processMark(pid)).not.toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processMark(pid)).toBeNull();
});
