/**
 * The last act: a finished case leaves as a pack of evidence, and is proven without the engine: by the offline verifier, and by
 * openssl, which knows nothing of Handback. A byte that was changed is found.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../checks/check.ts';
import type { Check } from '../checks/check.ts';
import type { Installation } from '../installation.ts';
import { ROOT } from '../setup/root.ts';
import { run } from './commands.ts';
import type { Ran } from './commands.ts';
import { unpack } from './unpack.ts';

export interface LastAct {
  readonly checks: readonly Check[];
  /** What it did, for whoever wants to do it again; and what could not be done here. */
  readonly told: readonly string[];
}

const ABOUT = 'Proof without us';
const CLI = join(ROOT, 'src/cli/main.ts');

/** @param caseId A case that has ended. Its pack stays behind when everything else of the demo is gone. */
export async function playLastAct(
  { engine, secrets, data }: Installation,
  caseId: string,
  signal: AbortSignal,
): Promise<LastAct> {
  const place = join(tmpdir(), 'handback-demo-proof');
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true, mode: 0o700 });
  const [pack, key] = [join(place, 'pack.zip'), join(place, 'packs.pub.pem')];
  await cp(await packKeyOf(join(data.path, 'keys')), key);
  const handback = (...args: readonly string[]): Promise<Ran> =>
    run(process.execPath, [CLI, ...args], {
      env: { ...process.env, HANDBACK_URL: engine.url, HANDBACK_TOKEN: secrets.tokens.operator },
      signal,
    });
  const exported = await handback('evidence', 'export', caseId, '--out', pack);
  if (exported.code !== 0)
    return { checks: [check(ABOUT, 'the pack is exported', false, exported.out)], told: [] };
  const verify = ['evidence', 'verify', pack, '--key', key, '--subject', caseId] as const;
  const verified = await handback(...verify);
  const forged = join(place, 'forged.zip');
  await forge(pack, forged);
  const refused = await handback('evidence', 'verify', forged, '--key', key);
  await rm(forged);
  const openssl = await byOpenssl(place, pack, key, signal);
  return {
    checks: [
      check(
        ABOUT,
        'the pack of a finished case is proven by the offline verifier',
        verified.code === 0,
        verified.out,
      ),
      check(ABOUT, 'a pack with one byte changed is refused', refused.code === 1, refused.out),
      ...openssl.checks,
    ],
    told: [
      `The pack of ${caseId} and the key that it is checked with stay in ${place}:`,
      `  npx handback ${verify.join(' ')}`,
      `  cd ${join(place, 'pack')}`,
      `  openssl dgst -sha256 -verify ../packs.pub.pem -signature sig.der pae.bin`,
      `  grep -a -c "$(openssl dgst -sha256 -r manifest.json | cut -d' ' -f1)" pae.bin`,
      ...openssl.told,
      'docs/verify.md has the same for cosign, Go and Python.',
    ],
  };
}

/** The public key of packs: to be had from whoever runs the installation, never from the pack. @throws Error when there is none. */
async function packKeyOf(directory: string): Promise<string> {
  const name = (await readdir(directory)).find((one) => one.startsWith('packs-') && one.includes('.pub'));
  if (name === undefined) throw new Error(`no public key for packs in ${directory}`);
  return join(directory, name);
}

/** One bit in the middle of the archive is another. */
async function forge(pack: string, forged: string): Promise<void> {
  const bytes = await readFile(pack);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(forged, bytes);
}

async function byOpenssl(place: string, pack: string, key: string, signal: AbortSignal): Promise<LastAct> {
  const directory = join(place, 'pack');
  await unpack(pack, directory);
  const openssl = (...args: readonly string[]): Promise<Ran> =>
    run('openssl', args, { cwd: directory, signal });
  const signature = await openssl('dgst', '-sha256', '-verify', key, '-signature', 'sig.der', 'pae.bin');
  if (signature.isMissing) return { checks: [], told: ['Not tried here: openssl is not installed.'] };
  const digest = await openssl('dgst', '-sha256', '-r', 'manifest.json');
  const signed = await readFile(join(directory, 'pae.bin'), 'utf8');
  const hex = digest.out.split(' ')[0] ?? '';
  return {
    checks: [
      check(ABOUT, 'openssl verifies its signature', signature.out.includes('Verified OK'), signature.out),
      check(
        ABOUT,
        'the manifest’s digest, as openssl computes it, is what was signed',
        /^[0-9a-f]{64}$/u.test(hex) && signed.includes(hex),
        digest.out,
      ),
    ],
    told: [],
  };
}
