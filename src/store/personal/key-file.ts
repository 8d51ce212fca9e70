/** The key file of personal data: one JSON document, for its owner's eyes only. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { localWrapper } from './key-wrapper.ts';
import { PersonVault } from './vault.ts';

/** The installation's keys of personal data. Secrets are 32 bytes in base64. */
export interface PersonKeys {
  /** The one in use first. */
  readonly wrapping: readonly { readonly id: string; readonly secret: string }[];
  readonly index: string;
}

/** A key file that is none, or that others can read. */
export class PersonKeyProblem extends Error {
  override readonly name = 'PersonKeyProblem';
}

const FOR_OTHERS = 0o077;

/** @returns `null` when there is no such file. @throws PersonKeyProblem */
export function readPersonKeyFile(path: string): PersonKeys | null {
  let text: string;
  try {
    refuseReadable(path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const keys = parsed(text);
  if (keys === null) throw new PersonKeyProblem(`${path} holds no keys of personal data`);
  return keys;
}

/** Makes the file and its directory. @throws the system's error when it is there already. */
export function createPersonKeyFile(path: string, now: Date): PersonKeys {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const keys: PersonKeys = { wrapping: [newKey(now)], index: newSecret() };
  writeFileSync(path, textOf(keys), { mode: 0o600, flag: 'wx', flush: true });
  return keys;
}

/** Puts a new wrapping key first; the older ones stay until nothing is wrapped with them. @throws PersonKeyProblem without a file */
export function rotatePersonKeyFile(path: string, now: Date): PersonKeys {
  const before = readPersonKeyFile(path);
  if (before === null) throw new PersonKeyProblem(`there is no key file ${path}`);
  return replaceFile(path, { ...before, wrapping: [newKey(now), ...before.wrapping] });
}

/** Forgets every wrapping key but the one in use. What an older one wrapped, a backup for instance, cannot be opened again. */
export function retirePersonKeys(path: string): PersonKeys {
  const before = readPersonKeyFile(path);
  if (before === null) throw new PersonKeyProblem(`there is no key file ${path}`);
  return replaceFile(path, { ...before, wrapping: before.wrapping.slice(0, 1) });
}

/** What opens personal data with these keys. */
export function personVault({ wrapping, index }: PersonKeys): PersonVault {
  const keys = wrapping.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'base64') }));
  return new PersonVault(localWrapper(keys), Buffer.from(index, 'base64'));
}

/** Of keys that a configuration gives; `null` where it gives none. */
export function givenVault(given: {
  readonly wrapping?: PersonKeys['wrapping'] | undefined;
  readonly index?: string | undefined;
}): PersonVault | null {
  const { wrapping, index } = given;
  return wrapping === undefined || index === undefined ? null : personVault({ wrapping, index });
}

function newSecret(): string {
  return randomBytes(32).toString('base64');
}

function newKey(now: Date): PersonKeys['wrapping'][number] {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  return { id: `p${day}-${randomBytes(4).toString('hex')}`, secret: newSecret() };
}

/** Whole or not at all: half a key file would open nothing. */
function replaceFile(path: string, keys: PersonKeys): PersonKeys {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, textOf(keys), { mode: 0o600, flag: 'wx', flush: true });
  renameSync(temporary, path);
  return keys;
}

function textOf(keys: PersonKeys): string {
  return `${JSON.stringify(keys, null, 2)}\n`;
}

function parsed(text: string): PersonKeys | null {
  try {
    const read: unknown = JSON.parse(text);
    return isKeys(read) ? read : null;
  } catch {
    return null;
  }
}

function isKeys(read: unknown): read is PersonKeys {
  if (typeof read !== 'object' || read === null || !('wrapping' in read) || !('index' in read)) return false;
  const { wrapping, index } = read;
  return Array.isArray(wrapping) && wrapping.length > 0 && wrapping.every(isKey) && isSecret(index);
}

function isKey(read: unknown): boolean {
  return (
    typeof read === 'object' &&
    read !== null &&
    'id' in read &&
    typeof read.id === 'string' &&
    'secret' in read &&
    isSecret(read.secret)
  );
}

function isSecret(read: unknown): boolean {
  return typeof read === 'string' && Buffer.from(read, 'base64').length === 32;
}

function refuseReadable(path: string): void {
  // Windows has no such bits: its access lists are its owner's business.
  if (process.platform === 'win32') return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & FOR_OTHERS) !== 0)
    throw new PersonKeyProblem(
      `${path} can be read by others (mode ${mode.toString(8)}): chmod 600, and think of it as known`,
    );
}
