import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMail } from '../../../sandbox/mail/index.ts';
import type { Mail } from '../../../sandbox/mail/mailbox.ts';
import { createSmtp, SmtpSettings } from '../../../src/adapters/notify/smtp/index.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { describeNotifier } from './suite.ts';
import type { NotifierHarness, Trouble } from './suite.ts';

const FAST = { timeLimitMs: 1_000, requestsPerSecond: 500, burst: 500 };
const TO = 'ada@people.example';

function create(baseUrl: string, changes: Readonly<Record<string, unknown>> = {}) {
  return createSmtp(
    'mail',
    SmtpSettings.parse({ baseUrl, tls: 'off', from: 'handback@it.example', ...FAST, ...changes }),
  );
}

const FAULTS: Readonly<Record<Trouble, object>> = {
  throttled: { at: 'rcpt', reply: 451 },
  refused: { at: 'rcpt', reply: 550 },
  'cut-after': { at: 'text', instead: 'drop' },
  'cut-before': { at: 'text', instead: 'drop', taken: false },
  hangs: { at: 'text', instead: 'hang' },
};

async function mailsOf(sandbox: VendorSandbox): Promise<readonly Mail[]> {
  return ((await sandbox.look('/mails')) as { mails: Mail[] }).mails;
}

async function smtpHarness(options: Readonly<Record<string, unknown>> = {}): Promise<NotifierHarness> {
  const sandbox = await startVendor('mail', createMail, options);
  const signIn = 'user' in options ? { user: options['user'], password: 'sandbox-mail-password' } : {};
  return {
    notifier: create(sandbox.url, signIn),
    unreachable: create((await deserted()).replace('http:', 'smtp:')),
    to: TO,
    unknown: 'ada@people.example, bo@people.example',
    throttledAs: { status: 451, retryAfterMs: undefined },
    arrived: async () =>
      (await mailsOf(sandbox)).map(({ to, subject, text }) => ({
        to: to.join(),
        title: subject,
        text,
      })),
    trouble: async (kind) => void (await sandbox.act('/faults', { ...FAULTS[kind], times: 1 })),
    reset: () => sandbox.reset(),
    stop: () => sandbox.stop(),
  };
}

describeNotifier('smtp', () => smtpHarness());
describeNotifier('smtp with sign-in', () => smtpHarness({ user: 'handback' }));

const MESSAGE = { to: TO, reference: 'ntf_1', subject: 's', text: 't', html: '<p>t</p>', language: 'de' };

describe('mail', () => {
  let sandbox: VendorSandbox;
  beforeAll(async () => {
    sandbox = await startVendor('mail', createMail, { user: 'handback' });
  });
  afterAll(() => sandbox.stop());
  beforeEach(() => sandbox.reset());
  const signedIn = { user: 'handback', password: 'sandbox-mail-password' };

  it('has an id of ours, both forms of the text, and says that a program wrote it', async () => {
    await create(sandbox.url, { ...signedIn, replyTo: 'desk@it.example' }).send(MESSAGE);
    expect(await mailsOf(sandbox)).toMatchObject([
      {
        from: 'handback@it.example',
        messageId: '<ntf_1@it.example>',
        text: 't\n',
        html: '<p>t</p>\n',
        headers: {
          'auto-submitted': 'auto-generated',
          'content-language': 'de',
          'reply-to': 'desk@it.example',
        },
      },
    ]);
  });

  it('a line break in a subject makes no header', async () => {
    await create(sandbox.url, signedIn).send({ ...MESSAGE, subject: 'a\r\nBcc: bo@people.example' });
    const [mail] = await mailsOf(sandbox);
    expect(mail?.to).toEqual([TO]);
    expect(mail?.headers['bcc']).toBeUndefined();
  });

  it.each([
    { at: 'connect', reply: 421, code: 'retryable' },
    { at: 'mail', reply: 452, code: 'retryable' },
    { at: 'mail', reply: 550, code: 'refused' },
    { at: 'text', reply: 451, code: 'retryable' },
    { at: 'text', reply: 554, code: 'refused' },
  ])('a no at $at with $reply is $code', async ({ at, reply, code }) => {
    await sandbox.act('/faults', { at, reply });
    await expect(create(sandbox.url, signedIn).send(MESSAGE)).rejects.toMatchObject({ code });
    expect(await mailsOf(sandbox)).toEqual([]);
  });

  it.each(['connect', 'mail', 'rcpt'])(
    'a session that breaks at %s, before the text, has sent nothing: it may be tried again',
    async (at) => {
      for (const instead of ['drop', 'hang']) {
        await sandbox.act('/faults', { at, instead, times: 1 });
        await expect(create(sandbox.url, signedIn).send(MESSAGE)).rejects.toMatchObject({
          code: 'retryable',
        });
      }
      expect(await mailsOf(sandbox)).toEqual([]);
    },
  );

  it('a wrong password is about the connector, and probing says so', async () => {
    const wrong = create(sandbox.url, { user: 'handback', password: 'not-it' });
    await expect(wrong.send(MESSAGE)).rejects.toMatchObject({ code: 'refused', vendorCode: 'AUTH' });
    expect(await wrong.probe()).toEqual({ missing: ['a valid sign-in'] });
  });

  it('where TLS is required nothing goes over a line without it, nor to a server that cannot prove who it is', async () => {
    const strict = { ...signedIn, tls: 'required' };
    await expect(create(sandbox.url, strict).send(MESSAGE)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'TLS',
    });
    const unproven = await startVendor('mail', createMail, { startTls: true });
    try {
      // A certificate may be mended while we wait.
      await expect(create(unproven.url, { tls: 'required' }).send(MESSAGE)).rejects.toMatchObject({
        code: 'retryable',
      });
      expect(await mailsOf(unproven)).toEqual([]);
    } finally {
      await unproven.stop();
    }
    expect(await mailsOf(sandbox)).toEqual([]);
  });
});
