/**
 * Key files in one directory: `<purpose>-<made at>-<id>.key`, private, for its owner's eyes only, and `….pub`, which stays for
 * ever. Both are PEM.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_PURPOSES, KeyProblem, newPrivateKey, publicKeyOf, publicPem, signerOf } from './keys.ts';
import type { KeyPurpose, PublicKey } from './keys.ts';

export interface KeyFile {
  readonly publicKey: PublicKey;
  readonly createdAt: Date;
  readonly publicPath: string;
  /** `null`: the private part is gone, the key only checks. */
  readonly privatePath: string | null;
}

const NAME = /^(checkpoints|packs)-(\d{8}T\d{6}Z)-([0-9a-f]{16})\.pub$/u;
const FOR_OTHERS = 0o077;

/**
 * The keys of a directory, the newest first; a directory that is not there has none.
 *
 * @throws KeyProblem for a file that is no key of its name, or a private one that others can read.
 */
export function readKeyFiles(directory: string): readonly KeyFile[] {
  const names = new Set(namesIn(directory));
  const files = [...names].flatMap((name) => {
    const [, kind, made, id] = NAME.exec(name) ?? [];
    const purpose = KEY_PURPOSES.find((one) => one === kind);
    if (purpose === undefined || made === undefined || id === undefined) return [];
    const publicPath = join(directory, name);
    const publicKey = publicKeyOf(purpose, readFileSync(publicPath, 'utf8'));
    if (publicKey.id !== id) throw new KeyProblem(`${publicPath} holds another key than its name says`);
    const secret = name.replace(/pub$/u, 'key');
    const privatePath = names.has(secret) ? join(directory, secret) : null;
    if (privatePath !== null) refuseReadable(privatePath);
    return [{ publicKey, createdAt: timeOf(made), publicPath, privatePath } satisfies KeyFile];
  });
  return files.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** The private part. @throws KeyProblem when it is gone, others can read it, or it belongs to another public key. */
export function readPrivate({ privatePath, publicKey }: KeyFile): string {
  if (privatePath === null) throw new KeyProblem(`the private part of key ${publicKey.id} is gone`);
  refuseReadable(privatePath);
  const pem = readFileSync(privatePath, 'utf8');
  if (signerOf(publicKey.purpose, pem).publicKey.id !== publicKey.id)
    throw new KeyProblem(`${privatePath} holds another key than its name says`);
  return pem;
}

/** Makes a key pair in the directory, which is made too; the newest key of a purpose is the one in use. */
export function createKeyFile(directory: string, purpose: KeyPurpose, now: Date): KeyFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pem = newPrivateKey(purpose);
  const { publicKey } = signerOf(purpose, pem);
  const made = now
    .toISOString()
    .replace(/\.\d+Z$/u, 'Z')
    .replaceAll(/[-:]/gu, '');
  const base = join(directory, `${purpose}-${made}-${publicKey.id}`);
  // The private part first: a public one alone would be taken for a key that is retired.
  writeFileSync(`${base}.key`, pem, { mode: 0o600, flag: 'wx', flush: true });
  writeFileSync(`${base}.pub`, publicPem(publicKey), { mode: 0o644, flag: 'wx', flush: true });
  return { publicKey, createdAt: timeOf(made), publicPath: `${base}.pub`, privatePath: `${base}.key` };
}

/** Deletes the private part; what was signed with it stays verifiable. */
export function retireKeyFile({ privatePath }: KeyFile): void {
  if (privatePath !== null) rmSync(privatePath);
}

function refuseReadable(path: string): void {
  // Windows has no such bits: its access lists are its owner's business.
  if (process.platform === 'win32') return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & FOR_OTHERS) !== 0)
    throw new KeyProblem(
      `${path} can be read by others (mode ${mode.toString(8)}): chmod 600, and think of it as known`,
    );
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** `20260302T090000Z` */
function timeOf(made: string): Date {
  return new Date(made.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, '$1-$2-$3T$4:$5:$6Z'));
}
