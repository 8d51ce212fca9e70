/** Timestamps of RFC 3161 against an authority of openssl's: what must hold, and every way in which one may not. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBER, GeneralizedTime, Integer, Sequence } from 'asn1js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificates } from '../../../src/ledger/timestamps/certificates.ts';
import { timestampRequest } from '../../../src/ledger/timestamps/request.ts';
import { readToken } from '../../../src/ledger/timestamps/token.ts';
import { verifyTimestamp } from '../../../src/ledger/timestamps/verify-timestamp.ts';
import type { TimestampTerms } from '../../../src/ledger/timestamps/verify-timestamp.ts';
import { localAuthority } from '../../support/timestamps/authority.ts';
import type { LocalAuthority, Purpose, Validity } from '../../support/timestamps/authority.ts';

const NOTE = Buffer.from('test.example/ledger\n3\nroot\n\n— a signature\n');
const NONCE = randomBytes(16);
let authority: LocalAuthority;
let other: LocalAuthority;
let trusted: TimestampTerms['trusted'];
let stamp: Buffer;

beforeAll(async () => {
  [authority, other] = await Promise.all([localAuthority(), localAuthority()]);
  trusted = readCertificates(await readFile(authority.rootFile, 'utf8'));
  stamp = await authority.reply(timestampRequest(NOTE, NONCE));
}, 60_000);
afterAll(async () => {
  await authority.remove();
  await other.remove();
});

async function outcome(
  response: Uint8Array,
  terms: Partial<TimestampTerms> = {},
  data: Uint8Array = NOTE,
): Promise<string> {
  return verifyTimestamp(response, data, { trusted, ...terms }).then(
    () => 'holds',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'another error'),
  );
}

/** A timestamp that says what openssl's authority would never say, signed as CMS by any certificate at any time. */
async function forged(
  name: string,
  purpose: Purpose,
  { at, validity, cades = true }: { at?: Date; validity?: Validity; cades?: boolean } = {},
): Promise<Buffer> {
  await authority.certify(name, purpose, validity);
  const { info } = readToken(stamp);
  if (at !== undefined) info.genTime = at;
  await writeFile(join(authority.directory, `${name}.tst`), Buffer.from(info.toSchema().toBER()));
  const named = cades ? ['-cades'] : [];
  await authority.openssl(
    'cms',
    '-sign',
    '-binary',
    '-nodetach',
    '-md',
    'sha256',
    ...named,
    '-outform',
    'DER',
    '-econtent_type',
    '1.2.840.113549.1.9.16.1.4',
    '-in',
    `${name}.tst`,
    '-signer',
    `${name}.pem`,
    '-inkey',
    `${name}.key`,
    '-out',
    `${name}.cms`,
  );
  const token = fromBER(new Uint8Array(await readFile(join(authority.directory, `${name}.cms`))).buffer);
  const granted = new Sequence({ value: [new Integer({ value: 0 })] });
  return Buffer.from(new Sequence({ value: [granted, token.result] }).toBER());
}

describe('a timestamp', () => {
  test('holds for the bytes that were stamped, and says when', async () => {
    const { at } = await verifyTimestamp(stamp, NOTE, { trusted, nonce: NONCE });
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(600_000);
  });

  test('is asked for so that openssl reads it', async () => {
    await writeFile(join(authority.directory, 'ours.tsq'), timestampRequest(NOTE, NONCE));
    const text = await authority.openssl('ts', '-query', '-in', 'ours.tsq', '-text');
    expect(text).toContain('Hash Algorithm: sha256');
    expect(text).toContain('Certificate required: yes');
    expect(text.replaceAll(/\s|:|-/gu, '').toLowerCase()).toContain(
      NONCE.toString('hex').replace(/^0+/u, ''),
    );
  });

  test.each([
    ['an even nonce', Buffer.from('0102030405060708', 'hex')],
    ['one with its first bit set', Buffer.from('ff02030405060708', 'hex')],
    ['one that begins with zeros', Buffer.from('0000030405060708', 'hex')],
    ['one of zeros', Buffer.alloc(8)],
  ])('comes back with %s', async (_name, nonce) => {
    const response = await authority.reply(timestampRequest(NOTE, nonce));
    expect(await outcome(response, { nonce })).toBe('holds');
  });

  test('holds after the certificate of its authority has run out, if it was given before', async () => {
    const validity = { from: '20200101000000Z', to: '20220101000000Z' };
    const old = await forged('old', 'stamps', { at: new Date('2021-06-01T00:00:00.000Z'), validity });
    expect(await outcome(old)).toBe('holds');
  });
});

describe('a timestamp is refused', () => {
  test('of other bytes', async () => {
    expect(await outcome(stamp, {}, Buffer.from(`${NOTE.toString()} `))).toBe('other-digest');
  });

  test('of another checkpoint', async () => {
    const later = await authority.reply(timestampRequest(Buffer.from('another note'), NONCE));
    expect(await outcome(later, { nonce: NONCE })).toBe('other-digest');
  });

  test('that answers another request', async () => {
    expect(await outcome(stamp, { nonce: randomBytes(16) })).toBe('other-nonce');
  });

  test('of an authority that nobody trusted vouches for', async () => {
    const stranger = await other.reply(timestampRequest(NOTE, NONCE));
    expect(await outcome(stranger)).toBe('untrusted');
    expect(await outcome(stranger, { trusted: [] })).toBe('holds');
  });

  test('when the certificate had run out before', async () => {
    await authority.certify('expired', 'stamps', { from: '20200101000000Z', to: '20210101000000Z' });
    const late = await authority.reply(timestampRequest(NOTE, NONCE), 'expired');
    expect(await outcome(late)).toBe('untrusted');
  });

  test('when the certificate is for mails, or for mails as well', async () => {
    expect(await outcome(await forged('mails', 'mails'))).toBe('purpose');
    expect(await outcome(await forged('both', 'stamps-and-mails'))).toBe('purpose');
    expect(await outcome(await forged('right', 'stamps'))).toBe('holds');
  });

  test('when nothing signed says which certificate it was', async () => {
    expect(await outcome(await forged('unnamed', 'stamps', { cades: false }))).toBe('signature');
  });

  test('when the authority said no', async () => {
    // No policy of the authority's: it answers with a status and no token.
    await writeFile(join(authority.directory, 'note.txt'), NOTE);
    await authority.openssl(
      'ts',
      '-query',
      '-data',
      'note.txt',
      '-tspolicy',
      '1.2.3.9.9',
      '-sha256',
      '-out',
      'no.tsq',
    );
    const refusal = await authority.reply(await readFile(join(authority.directory, 'no.tsq')));
    expect(await outcome(refusal)).toBe('refused');
  });

  test('when it is something else, has something behind it, or is huge', async () => {
    expect(await outcome(Buffer.from('<html>not found</html>'))).toBe('malformed');
    expect(await outcome(Buffer.concat([stamp, Buffer.of(0)]))).toBe('malformed');
    expect(await outcome(stamp.subarray(0, -1))).toBe('malformed');
    expect(await outcome(Buffer.alloc(0))).toBe('malformed');
    expect(await outcome(Buffer.alloc(2_000_000))).toBe('malformed');
  });

  test('wherever one bit of what is signed is another', async () => {
    // Certificates come along unsigned: those of others may change without a difference.
    const { signed, info, signer } = readToken(stamp);
    const { valueHexView: signature } = signer.signature.valueBlock;
    // The end of a signature: its head is how the numbers are written, which has more than one way.
    const parts = [signature.subarray(-24), new Uint8Array(info.toSchema().toBER())];
    expect(signed.signerInfos).toHaveLength(1);
    for (const part of parts) {
      const start = stamp.indexOf(part);
      expect(start).toBeGreaterThan(0);
      for (let at = start; at < start + part.length; at += 3) {
        const changed = Buffer.from(stamp);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await outcome(changed), `byte ${at}`).not.toBe('holds');
      }
    }
  });

  test('when its time was moved', async () => {
    const { info } = readToken(stamp);
    const written = Buffer.from(new GeneralizedTime({ valueDate: info.genTime }).toBER());
    const start = stamp.indexOf(written.subarray(2, 10));
    const changed = Buffer.from(stamp);
    changed.write('2019', start);
    expect(await outcome(changed)).not.toBe('holds');
  });
});
