/** The SMTP side: a real server that takes every mail, unless a fault says otherwise. */
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { OwnListener } from '../core/simulator.ts';
import type { MailFaults, Moment } from './faults.ts';
import type { MailOptions } from './options.ts';

/** What the server hands on; resolves when the mail is kept. */
export type TakeMail = (
  raw: Buffer,
  envelope: { readonly from: string; readonly to: readonly string[] },
) => Promise<void>;

type Answer = (error?: Error | null, message?: string) => void;

export function createMailServer(options: MailOptions, faults: MailFaults, take: TakeMail): OwnListener {
  const sockets = new Set<Socket>();

  /** Lets a fault have its way; `go` only runs when there is none. */
  function meet(at: Moment, session: SMTPServerSession, answer: Answer, go: () => void): void {
    const fault = faults.strike(at);
    if (fault === undefined) return go();
    if ('reply' in fault) return answer(refusal(fault.reply));
    if (fault.instead === 'drop') cut(session);
  }

  function cut({ remotePort }: SMTPServerSession): void {
    for (const socket of sockets) if (socket.remotePort === remotePort) socket.destroy();
  }

  const server = new SMTPServer({
    name: 'mail.sandbox.test',
    banner: 'sandbox',
    logger: false,
    disabledCommands: [
      ...(options.startTls ? [] : ['STARTTLS']),
      ...(options.user === undefined ? ['AUTH'] : []),
    ],
    authOptional: options.user === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    ...(options.maxBytes > 0 && { size: options.maxBytes }),
    closeTimeout: 100,
    onConnect(session, answer) {
      meet('connect', session, answer, () => answer());
    },
    onAuth(auth, session, answer) {
      meet(
        'auth',
        session,
        (error) => answer(error ?? null),
        () => {
          const isKnown = auth.username === options.user && auth.password === options.password;
          answer(isKnown ? null : refusal(535), isKnown ? { user: auth.username } : undefined);
        },
      );
    },
    onMailFrom(_address, session, answer) {
      meet('mail', session, answer, () => answer());
    },
    onRcptTo(_address, session, answer) {
      meet('rcpt', session, answer, () => answer());
    },
    onData(stream, session, answer) {
      void receive(stream, session, answer);
    },
  });
  // A client that goes away in the middle is what faults are about.
  server.on('error', () => undefined);

  async function receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    answer: Answer,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    if (stream.sizeExceeded) return answer(refusal(552));
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = {
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
    };
    const fault = faults.strike('text');
    if (fault !== undefined && 'reply' in fault) return answer(refusal(fault.reply));
    if (fault === undefined || fault.taken) await take(raw, envelope);
    if (fault === undefined) return answer(null, 'taken');
    if (fault.instead === 'drop') cut(session);
  }

  return {
    scheme: 'smtp',
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        const listening = server.listen(port, host, () => {
          server.off('error', reject);
          const address = listening.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
        listening.on('connection', (socket) => {
          sockets.add(socket);
          socket.on('close', () => sockets.delete(socket));
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function refusal(responseCode: number): Error {
  const text = responseCode >= 500 ? 'not here' : 'not now';
  return Object.assign(new Error(text), { responseCode });
}
