import { createConnection } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startInstances } from '../../sandbox/core/start.ts';
import type { Sandbox } from '../../sandbox/core/start.ts';
import { controlClient } from '../../sandbox/core/testing.ts';
import type { ControlClient } from '../../sandbox/core/testing.ts';
import { createMail } from '../../sandbox/mail/index.ts';
import type { Mail } from '../../sandbox/mail/mailbox.ts';

let sandbox: Sandbox;
let control: ControlClient;

beforeAll(async () => {
  sandbox = await startInstances({
    controlPort: 0,
    simulators: { mail: createMail },
    instances: [{ kind: 'mail', name: 'mail' }],
  });
  control = controlClient(sandbox.controlUrl);
});
afterAll(() => sandbox.stop());
beforeEach(() => control.post('/reset'));

const LETTER = 'Subject: Hello\r\nX-Ours: yes\r\n\r\nThe text.\r\n..and a dot\r\n.';

/** A conversation by hand: each line waits for the answer to the one before. Resolves with the codes of the answers. */
function converse(lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(sandbox.urls['mail'] ?? '');
    const codes: string[] = [];
    const left = [...lines];
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('data', (data) => {
      codes.push(data.toString().slice(0, 3));
      const line = left.shift();
      if (line === undefined) socket.end();
      else socket.write(`${line}\r\n`);
    });
    socket.on('close', () => resolve(codes));
    socket.on('error', reject);
  });
}

const SEND = [
  'HELO client',
  'MAIL FROM:<a@x.example>',
  'RCPT TO:<b@y.example>',
  'RCPT TO:<c@y.example>',
  'DATA',
  LETTER,
];
const mails = async () => (await control.get<{ mails: Mail[] }>('/instances/mail/mails')).mails;

describe('the mail server', () => {
  test('speaks SMTP, keeps what it took, and counts each recipient', async () => {
    expect(await converse(SEND)).toEqual(['220', '250', '250', '250', '250', '354', '250']);
    expect(await mails()).toMatchObject([
      {
        n: 1,
        from: 'a@x.example',
        to: ['b@y.example', 'c@y.example'],
        subject: 'Hello',
        text: 'The text.\n.and a dot\n',
        headers: { 'x-ours': 'yes' },
      },
    ]);
    const { effects } = await control.get<{ effects: object[] }>('/effects?kind=mail');
    expect(effects).toMatchObject([{ target: 'b@y.example' }, { target: 'c@y.example' }]);
    expect(sandbox.urls['mail']).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/u);
  });

  test.each([
    ['connect', 421, ['421']],
    ['mail', 452, ['220', '250', '452']],
    ['rcpt', 550, ['220', '250', '250', '550']],
  ] as const)('says no at %s with %i, once, and takes nothing', async (at, reply, codes) => {
    await control.post('/instances/mail/faults', { at, reply, times: 1 });
    expect((await converse(SEND.slice(0, codes.length - 1))).slice(0, codes.length)).toEqual(codes);
    expect(await mails()).toEqual([]);
    await converse(SEND);
    expect(await mails()).toHaveLength(1);
  });

  test('cuts the line after it took a mail, or before, and says how often', async () => {
    await control.post('/instances/mail/faults', { at: 'text', instead: 'drop', times: 1 });
    expect((await converse(SEND)).at(-1)).toBe('354');
    expect(await mails()).toHaveLength(1);
    await control.post('/instances/mail/faults', { at: 'text', instead: 'drop', taken: false, times: 1 });
    await converse(SEND);
    expect(await mails()).toHaveLength(1);
    const { faults } = await control.get<{ faults: { hits: number }[] }>('/instances/mail/faults');
    expect(faults.map(({ hits }) => hits)).toEqual([1, 1]);
  });

  test('refuses a fault that is none', async () => {
    await expect(control.post('/instances/mail/faults', { at: 'sometime', reply: 451 })).rejects.toThrow(
      '400',
    );
  });
});
