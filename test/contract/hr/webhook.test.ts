import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../sandbox/core/testing.ts';
import { createHr } from '../../../sandbox/hr/index.ts';
import {
  createWebhook,
  createWebhookHookVerifier,
  readWebhookHook,
  WebhookSettings,
} from '../../../src/adapters/hr/webhook/index.ts';
import { hookRequest, until } from '../support/hooks.ts';
import { startVendor } from '../support/sandbox.ts';
import { describeHrSystem } from './suite.ts';

const secretOf = (seed: string): string => `whsec_${Buffer.from(seed.repeat(24)).toString('base64')}`;
const secret = secretOf('a');

function settings(baseUrl: string, more: Readonly<Record<string, unknown>> = {}): WebhookSettings {
  return WebhookSettings.parse({
    webhookSecrets: [secretOf('n'), secret],
    readApi: { baseUrl, token: 'hr-sandbox-token' },
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ...more,
  });
}

const TYPES = {
  leaver: 'leave.scheduled',
  cancellation: 'leave.withdrawn',
  joiner: 'person.joined',
  mover: 'person.moved',
  rehire: 'person.rehired',
} as const;

describeHrSystem('webhook', async () => {
  const receiver = await startReceiver();
  const sandbox = await startVendor('hr', createHr, {
    pageSize: 2,
    webhooks: [{ url: receiver.url, secret }],
  });
  return {
    sandbox,
    receiver,
    hr: createWebhook('hr', settings(sandbox.url)),
    readOne: { method: 'GET', path: '/employees/' },
    hooks: {
      verifier: createWebhookHookVerifier(settings('http://unused')),
      verifierOfAnotherSecret: createWebhookHookVerifier(
        settings('http://unused', { webhookSecrets: [secretOf('z')] }),
      ),
      reader: readWebhookHook,
    },
    async happen(personKey, { what, ...happening }) {
      await sandbox.act(`/people/${personKey}/events`, { type: TYPES[what], ...happening });
    },
  };
});

describe('HR webhook', () => {
  const data = {
    externalId: '7',
    workEmail: 'ada@example.org',
    timeZone: 'Europe/Berlin',
    country: 'DE',
    lastWorkingDay: '2026-06-30',
  };

  function read(changes: object, type = 'leave.scheduled') {
    return readWebhookHook(
      Buffer.from(JSON.stringify({ type, timestamp: '2026-03-01T10:00:00Z', data: { ...data, ...changes } })),
      'd',
    );
  }

  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-29T21:59:59.999Z', 'the day that loses an hour'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T22:59:59.999Z', 'the day that gains one'],
    [
      'America/Santiago',
      '2026-09-05',
      '2026-09-06T03:59:59.999Z',
      'a day after which midnight does not exist',
    ],
    ['Pacific/Kiritimati', '2026-06-30', '2026-06-30T09:59:59.999Z', 'where the day ends first'],
    ['Pacific/Pago_Pago', '2026-06-30', '2026-07-01T10:59:59.999Z', 'and where it ends last'],
  ])('ends the last working day in %s on %s at %s: %s', (timeZone, lastWorkingDay, effectiveAt) => {
    expect(read({ timeZone, lastWorkingDay })).toMatchObject({ kind: 'hints', hints: [{ effectiveAt }] });
  });

  it.each([
    [{ timeZone: 'Europe/Atlantis' }, 'data.timeZone'],
    [{ timeZone: '+02:00' }, 'data.timeZone'],
    [{ lastWorkingDay: '2026-02-30' }, 'data.lastWorkingDay'],
    [{ lastWorkingDay: undefined }, 'data.lastWorkingDay'],
    [{ leaveAt: '2026-06-30T12:00:00' }, 'data.leaveAt'],
    [{ externalId: 7 }, 'data.externalId'],
    [{ externalId: '' }, 'data.externalId'],
    [{ externalId: undefined, workEmail: undefined }, 'data.externalId, data.workEmail'],
  ])('quarantines %j, naming the field and not what it held', (changes, fields) => {
    expect(read(changes)).toEqual({ kind: 'unparseable', why: `not as published: ${fields}` });
  });

  it('lets fields through that it does not know, and types that it does not follow', () => {
    expect(read({ badge: 'B-7' })).toMatchObject({ kind: 'hints' });
    expect(read({}, 'salary.changed')).toEqual({ kind: 'ignored' });
  });

  it('treats a changed leave as a leave', () => {
    expect(read({}, 'leave.changed')).toMatchObject({
      hints: [{ kind: 'leaver', effectiveAt: '2026-06-30T21:59:59.999Z' }],
    });
  });

  it('refuses to read where there is no read API, instead of knowing nobody', async () => {
    const hr = createWebhook('hr', WebhookSettings.parse({ webhookSecrets: [secret] }));
    await expect(hr.readEmployee('7')).rejects.toMatchObject({ code: 'refused', vendorCode: 'NO_READ_API' });
    await expect(hr.listEmployees(null)).rejects.toMatchObject({ code: 'refused' });
    expect(await hr.probe()).toEqual({ missing: [] });
  });

  it('needs a secret: without one nobody could be told from anybody', () => {
    expect(() => WebhookSettings.parse({ webhookSecrets: [] })).toThrow();
  });

  it.each(['wrong', 'stale', 'missing'] as const)(
    'does not believe a sender whose signature is %s',
    async (signing) => {
      const receiver = await startReceiver();
      const sandbox = await startVendor('hr', createHr, { webhooks: [{ url: receiver.url, secret }] });
      try {
        await sandbox.act('/raw', { body: '{"type":"x"}', signing });
        const request = hookRequest(await until(() => receiver.received[0]));
        expect(createWebhookHookVerifier(settings('http://unused'))(request, new Date())).toEqual({
          kind: 'unauthenticated',
        });
      } finally {
        await sandbox.stop();
        await receiver.stop();
      }
    },
  );
});

describe('Standard Webhooks', () => {
  const verify = createWebhookHookVerifier(settings('http://unused'));
  const at = new Date('2026-03-01T10:00:00.000Z');
  const seconds = String(at.getTime() / 1000);

  function signed(body: Buffer, more: Readonly<Record<string, string>> = {}, id = 'msg_1') {
    const signature = new Webhook(secret).sign(id, at, body.toString('utf8'));
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': signature,
      ...more,
    };
    return { method: 'POST', headers, query: {}, body, lifecycle: false } as const;
  }

  it('goes by the clock it is given', () => {
    expect(verify(signed(Buffer.from('{}')), at)).toEqual({
      kind: 'accept',
      deliveryId: 'msg_1',
      status: 204,
    });
    for (const minutes of [-5, 5])
      expect(verify(signed(Buffer.from('{}')), new Date(at.getTime() + minutes * 60_000))).toMatchObject({
        kind: 'accept',
      });
    for (const minutes of [-5.1, 5.1])
      expect(verify(signed(Buffer.from('{}')), new Date(at.getTime() + minutes * 60_000))).toEqual({
        kind: 'unauthenticated',
      });
  });

  it('takes the right signature among others, and none of another version', () => {
    const { 'webhook-signature': right } = signed(Buffer.from('{}')).headers;
    expect(
      verify(signed(Buffer.from('{}'), { 'webhook-signature': `v1,AAAA v1a,x ${right}` }), at),
    ).toMatchObject({ kind: 'accept' });
    for (const wrong of ['', 'v1', 'v1,', right.replace('v1,', 'v2,'), right.slice(0, -2)]) {
      expect(verify(signed(Buffer.from('{}'), { 'webhook-signature': wrong }), at)).toEqual({
        kind: 'unauthenticated',
      });
    }
  });

  it('does not believe bytes that are not text, though they look the same once decoded', () => {
    const replaced = Buffer.from('{"a":"\ufffd"}');
    const broken = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(broken.toString('utf8')).toBe(replaced.toString('utf8'));
    expect(verify({ ...signed(replaced), body: broken }, at)).toEqual({ kind: 'unauthenticated' });
  });

  it.each(['a.b', '', 'a b', 'x'.repeat(129)])('does not take %j for an id', (id) => {
    expect(verify(signed(Buffer.from('{}'), {}, id), at)).toEqual({ kind: 'unauthenticated' });
  });

  it.each(['', 'now', '1e9', '-1', `${seconds}.5`, ` ${seconds}`])('does not take %j for a time', (text) => {
    expect(verify(signed(Buffer.from('{}'), { 'webhook-timestamp': text }), at)).toEqual({
      kind: 'unauthenticated',
    });
  });
});
