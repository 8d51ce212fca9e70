import { describe, expect, test } from 'vitest';
import { createS3 } from '../../sandbox/s3/index.ts';
import { startVendor } from './vendor-kit.ts';

const authorization = `AWS4-HMAC-SHA256 Credential=sandbox/20260302/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
const signed = { authorization };

describe('the object store', () => {
  test('gives back what was put, with its type', async () => {
    await using store = await startVendor(createS3, {}, signed);
    expect((await store.call('/papers/a/b.txt', { method: 'PUT', body: 'hello' })).status).toBe(200);
    const { status, text } = await store.call('/papers/a/b.txt');
    expect([status, text]).toEqual([200, 'hello']);
    expect((await store.control('/objects')).body).toMatchObject([{ key: 'papers/a/b.txt', bytes: 5 }]);
  });

  test('says what is wrong in the words of S3', async () => {
    await using store = await startVendor(createS3, { buckets: ['papers'] }, signed);
    const none = await store.call('/papers/none');
    expect([none.status, none.text]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
    expect((await store.call('/others/a')).text).toContain('<Code>NoSuchBucket</Code>');
    const unsigned = await store.call('/papers/none', { headers: { authorization: 'Bearer x' } });
    expect([unsigned.status, unsigned.text]).toEqual([403, expect.stringContaining('AccessDenied')]);
    const stranger = await store.call('/papers/none', {
      headers: { authorization: authorization.replace('=sandbox/', '=stranger/') },
    });
    expect(stranger.text).toContain('<Code>InvalidAccessKeyId</Code>');
  });

  test('overwrites, unless it is told that nothing may be there', async () => {
    await using store = await startVendor(createS3, {}, signed);
    const put = (body: string, headers = {}) => store.call('/papers/a', { method: 'PUT', body, headers });
    await put('one');
    expect((await put('two')).status).toBe(200);
    const refused = await put('three', { 'if-none-match': '*' });
    expect([refused.status, refused.text]).toEqual([412, expect.stringContaining('PreconditionFailed')]);
    expect((await store.call('/papers/a')).text).toBe('two');
  });

  test('refuses a body that is not the one that was signed', async () => {
    await using store = await startVendor(createS3, {}, signed);
    const headers = { 'x-amz-content-sha256': 'a'.repeat(64) };
    const refused = await store.call('/papers/a', { method: 'PUT', body: 'hello', headers });
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('XAmzContentSHA256Mismatch'),
    ]);
  });
});
