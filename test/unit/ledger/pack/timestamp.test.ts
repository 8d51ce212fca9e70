/** A pack with a timestamp: proven against a certificate that the auditor brings, by us and by openssl, and refused otherwise. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from 'pkijs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDirectory } from '../../../../src/ledger/pack/directory.ts';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { readStamp } from '../../../../src/ledger/pack/verify/timestamp.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { readCertificates } from '../../../../src/ledger/timestamps/certificates.ts';
import { timestampRequest } from '../../../../src/ledger/timestamps/request.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';
import { localAuthority } from '../../../support/timestamps/authority.ts';
import type { LocalAuthority } from '../../../support/timestamps/authority.ts';

const run = promisify(execFile);
const keys = newKeys();
const at = new Date('2026-03-02T09:00:00.000Z');
let authority: LocalAuthority;
let stranger: LocalAuthority;
let trusted: readonly Certificate[];
let place: string;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([localAuthority(), localAuthority()]);
  trusted = readCertificates(await readFile(authority.rootFile, 'utf8'));
  place = await mkdtemp(join(tmpdir(), 'handback-stamped-'));
}, 60_000);
afterAll(async () => {
  await Promise.all([authority.remove(), stranger.remove()]);
  await rm(place, { recursive: true, force: true });
});

/** A pack that its own company signed, whatever the timestamp in it says. */
async function packWith(response: Uint8Array | null): Promise<PackFiles> {
  const content = await contentOf(playedCase(), keys);
  return packOf({ ...content, timestamp: response === null ? null : { response, at } }, keys.pack);
}

async function stampOf(text: string, by = authority): Promise<Buffer> {
  return by.reply(timestampRequest(Buffer.from(text), randomBytes(16)));
}

async function noteOfPack(): Promise<string> {
  return (await contentOf(playedCase(), keys)).checkpoint.note;
}

async function verified(files: PackFiles, certificates: readonly Certificate[]) {
  const { verdict, checks } = verifyPack(files, holding(keys), await readStamp(files, certificates));
  const failed = checks.filter(({ status }) => status === 'failed').map(({ id }) => id);
  const check = checks.find(({ id }) => id === 'timestamp');
  return { verdict, failed, status: check?.status, said: check?.sentences.join(' ') ?? '' };
}

describe('the timestamp of a pack', () => {
  test('is proven against the certificate that the auditor brings', async () => {
    const files = await packWith(await stampOf(await noteOfPack()));
    expect(await verified(files, trusted)).toMatchObject({ verdict: 'proven', status: 'passed' });
  });

  test('is a claim without one, which proves nothing and refutes nothing', async () => {
    const files = await packWith(await stampOf(await noteOfPack()));
    const { verdict, status, said } = await verified(files, []);
    expect({ verdict, status }).toEqual({ verdict: 'proven', status: 'not-checked' });
    expect(said).toContain('--tsa-ca');
  });

  test('that was asked for and is not there leaves the pack unproven', async () => {
    const files = await packWith(null);
    expect(await verified(files, [])).toMatchObject({ verdict: 'proven', status: 'not-checked' });
    expect(await verified(files, trusted)).toMatchObject({ verdict: 'unproven', status: 'not-checked' });
  });

  test.each([
    ['of another checkpoint', async () => stampOf((await playedCase().checkpoint(keys.ledger, 11)).note)],
    ['of an authority that is a stranger', async () => stampOf(await noteOfPack(), stranger)],
    ['that is none', async () => Buffer.from('<html></html>')],
  ])('%s refutes a pack that its company signed all the same', async (_name, stamp) => {
    const files = await packWith(await stamp());
    expect(await verified(files, trusted)).toMatchObject({ verdict: 'refuted', failed: ['timestamp'] });
  });

  test('of another checkpoint is found without a certificate, too', async () => {
    const files = await packWith(await stampOf('another note'));
    expect((await verified(files, [])).failed).toEqual(['timestamp']);
  });

  test('that was taken out or put in afterwards is found by the list of files', async () => {
    const stamp = await stampOf(await noteOfPack());
    const without = new Map(await packWith(stamp));
    without.delete('timestamp.tsr');
    expect((await verified(without, [])).failed).toEqual(['files']);
    const added = new Map(await packWith(null)).set('timestamp.tsr', stamp);
    expect((await verified(added, trusted)).failed).toEqual(['files']);
  });

  test('is accepted by openssl as docs/verify.md says, and refused for another checkpoint', async () => {
    const docs = await readFile(new URL('../../../../docs/verify.md', import.meta.url), 'utf8');
    const command = 'openssl ts -verify -in timestamp.tsr -data checkpoint -CAfile ../tsa-ca.pem';
    expect(docs).toContain(`\n${command}`);
    const args = command.replace('../tsa-ca.pem', authority.rootFile).split(' ').slice(1);
    const [right, wrong] = [join(place, 'right'), join(place, 'wrong')];
    await writeDirectory(right, await packWith(await stampOf(await noteOfPack())));
    await writeDirectory(wrong, await packWith(await stampOf('another note')));
    expect((await run('openssl', args, { cwd: right })).stdout).toContain('Verification: OK');
    await expect(run('openssl', args, { cwd: wrong })).rejects.toThrow('Command failed');
  });
});
