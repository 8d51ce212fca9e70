/**
 * One SMTP session for one mail, with nodemailer's own connection: unlike its transport it shows how far the session came.
 * That decides what a broken one means: until the server asked for the text, nothing can have been delivered.
 */
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpSettings } from './settings.ts';

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/** A session that broke, and whether any of the mail's text was on its way by then. */
export class BrokenSession extends Error {
  override readonly name = 'BrokenSession';
  readonly textBegun: boolean;

  constructor(textBegun: boolean, cause: unknown) {
    super('the session broke', { cause });
    this.textBegun = textBegun;
  }
}

/**
 * Sends one mail. Without one, signs in and leaves again.
 *
 * @throws BrokenSession when the server says no or the session breaks; `signal` breaks it too.
 */
export async function runSession(
  settings: SmtpSettings,
  mail: { readonly envelope: Envelope; readonly raw: Buffer } | null,
  signal: AbortSignal,
): Promise<void> {
  const connection = new SMTPConnection(optionsOf(settings));
  let textBegun = false;
  const broken = new Promise<never>((_resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('the server closed the connection')));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  // Whatever breaks after the answer changes nothing any more.
  broken.catch(() => undefined);
  const step = (run: (done: (error?: Error | null) => void) => void): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve()))),
      broken,
    ]);
  try {
    signal.throwIfAborted();
    await step((done) => connection.connect(done));
    const { user, password } = settings;
    if (user !== undefined) await step((done) => connection.login({ user, pass: password ?? '' }, done));
    if (mail === null) return;
    const text = new Readable({
      read() {
        // Asked for only once the server has answered DATA with 354.
        textBegun = true;
        this.push(mail.raw);
        this.push(null);
      },
    });
    await step((done) => connection.send(mail.envelope, text, (error) => done(error)));
  } catch (error) {
    throw new BrokenSession(textBegun, error);
  } finally {
    connection.close();
  }
}

function optionsOf(settings: SmtpSettings) {
  const { protocol, hostname, port } = new URL(settings.baseUrl);
  const secure = protocol === 'smtps:';
  return {
    host: hostname.replaceAll(/^\[|\]$/gu, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && settings.tls === 'required',
    ignoreTLS: !secure && settings.tls === 'off',
    connectionTimeout: settings.timeLimitMs,
    greetingTimeout: settings.timeLimitMs,
    socketTimeout: settings.timeLimitMs,
    dnsTimeout: settings.timeLimitMs,
    socketCloseTimeout: 0,
  };
}
