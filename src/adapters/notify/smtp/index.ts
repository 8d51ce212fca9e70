/** Mail over SMTP (RFC 5321), composed and sent by nodemailer; a session of its own for each mail. */
import MailComposer from 'nodemailer/lib/mail-composer';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import { LONGEST_QUEUE_MS } from '../port.ts';
import type { Message, Notifier } from '../port.ts';
import { failureOf } from './failure.ts';
import { runSession } from './session.ts';
import type { SmtpSettings } from './settings.ts';

export { SmtpSettings } from './settings.ts';

/** One mailbox, and nothing that could be a second one or a header. */
const ADDRESS = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/u;

/** `name` is the connector's name in the configuration: errors carry it. */
export function createSmtp(name: string, settings: SmtpSettings, _deps: AdapterDeps = {}): Notifier {
  const bucket = new TokenBucket(settings);

  async function limited(
    operation: string,
    { signal }: CallOptions,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    try {
      await bucket.take(signal);
      const limit = AbortSignal.timeout(settings.timeLimitMs);
      await run(signal === undefined ? limit : AbortSignal.any([signal, limit]));
    } catch (error) {
      throw failureOf(name, operation, error);
    }
  }

  return {
    addressing: 'address',
    sendLimitMs: settings.timeLimitMs + LONGEST_QUEUE_MS,
    accepts: (to) => ADDRESS.test(to),

    async send(message, options = {}) {
      if (!ADDRESS.test(message.to))
        throw new ConnectorError('refused', name, 'send mail', { vendorCode: 'BAD_ADDRESS' });
      const raw = await compose(settings, message);
      const envelope = { from: settings.from, to: message.to };
      await limited('send mail', options, (signal) => runSession(settings, { envelope, raw }, signal));
    },

    async probe(options = {}) {
      try {
        await limited('sign in', options, (signal) => runSession(settings, null, signal));
        return { missing: [] };
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
        return { missing: [error.vendorCode === 'TLS' ? 'STARTTLS on the server' : 'a valid sign-in'] };
      }
    },
  };
}

/** The mail as it goes over the wire. It says that a program wrote it, so that no absence notice answers (RFC 3834). */
function compose(settings: SmtpSettings, message: Message): Promise<Buffer> {
  const { from, fromName, replyTo } = settings;
  const composer = new MailComposer({
    from: { name: fromName, address: from },
    to: { name: '', address: message.to },
    ...(replyTo === undefined ? {} : { replyTo }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: `<${message.reference}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': message.language },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
