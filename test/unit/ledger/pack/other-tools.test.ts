/** Other people's tools accept a pack and refuse a changed one, by the commands of docs/verify.md. What is not installed is skipped. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWhere } from '../../../support/where.ts';
import { publicPem } from '../../../../src/ledger/keys.ts';
import { writeDirectory } from '../../../../src/ledger/pack/directory.ts';
import { contentOf, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { periodContent, playedPeriod } from '../../../support/packs/played-period.ts';
import { playedCase } from '../../../support/packs/played-case.ts';

const run = promisify(execFile);
const SCRIPTS = new URL('../../../../docs/verify/', import.meta.url).pathname;
const keys = newKeys();
let place: string;

async function works(command: string, args: readonly string[], cwd?: string): Promise<boolean> {
  return run(command, [...args], { cwd, timeout: 60_000 }).then(
    () => true,
    () => false,
  );
}

const hasCosign = await works('cosign', ['version']);
const hasPython = await works('python3', ['-c', 'import cryptography']);
// It compiles, and fetches one module the first time.
const hasGo = await works('go', ['build', '-o', '/dev/null', '.'], SCRIPTS);

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'handback-tools-'));
  await writeDirectory(join(place, 'pack'), await packOf(await contentOf(playedCase(), keys), keys.pack));
  await writeDirectory(
    join(place, 'period'),
    await packOf(await periodContent(playedPeriod(), keys), keys.pack),
  );
  await cp(join(place, 'pack'), join(place, 'changed'), { recursive: true });
  const event = join(place, 'changed', 'events', '10.json');
  await writeFile(event, (await readFile(event, 'utf8')).replace('handback', 'handbacc'));
  const pae = join(place, 'changed', 'pae.bin');
  await writeFile(pae, `${await readFile(pae, 'utf8')} `);
  await writeFile(join(place, 'key.pem'), publicPem(keys.pack.publicKey));
});
afterAll(async () => rm(place, { recursive: true, force: true }));

describe('openssl', () => {
  const verify = ['dgst', '-sha256', '-verify', '../key.pem', '-signature', 'sig.der', 'pae.bin'];

  test('accepts the signature', async () => {
    const { stdout } = await run('openssl', verify, { cwd: join(place, 'pack') });
    expect(stdout.trim()).toBe('Verified OK');
  });

  test('refuses another statement', async () => {
    await expect(run('openssl', verify, { cwd: join(place, 'changed') })).rejects.toThrow('Command failed');
  });
});

describeWhere(hasCosign ? null : 'it is not installed', 'cosign', () => {
  const options = '--key ../key.pem --bundle pack.sigstore.json --insecure-ignore-tlog=true';
  const verify = (manifest: string) => {
    const type = ['--type', 'urn:handback:evidence-pack:v1'];
    const args = ['verify-blob-attestation', ...options.split(' '), ...type, manifest];
    return run('cosign', args, { cwd: join(place, 'pack') });
  };

  test('accepts the manifest and refuses another', async () => {
    expect((await verify('manifest.json')).stderr).toContain('Verified OK');
    await writeFile(join(place, 'manifest.json'), '{}');
    await expect(verify('../manifest.json')).rejects.toThrow('Command failed');
  });
});

describeWhere(hasPython ? null : 'no python3 with the package cryptography', 'Python', () => {
  const check = (pack: string) =>
    run('python3', [join(SCRIPTS, 'check.py'), pack, 'key.pem'], { cwd: place });

  test('accepts the pack and refuses the changed one', async () => {
    expect((await check('pack')).stdout).toContain('as signed');
    await expect(check('changed')).rejects.toThrow('AssertionError');
  });

  test('accepts the pack of a period, and draws its sample again', async () => {
    expect((await check('period')).stdout).toContain('as signed');
  });
});

describeWhere(hasGo ? null : 'it is not installed, or golang.org/x/mod is out of reach', 'Go', () => {
  test('accepts the proofs and refuses the changed fact', async () => {
    const key = await readFile(join(place, 'pack', 'keys', 'checkpoint.vkey'), 'utf8');
    const check = (pack: string) => run('go', ['run', '.', join(place, pack), key], { cwd: SCRIPTS });
    expect((await check('pack')).stdout).toContain('each proven');
    await expect(check('changed')).rejects.toThrow('invalid transparency proof');
  });
});
