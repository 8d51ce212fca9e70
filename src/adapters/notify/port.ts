/** Whoever carries a message to people: mail, or a chat's webhook. Implemented by `smtp/`, `slack/` and `teams/`. */
import type { CallOptions } from '../read-options.ts';

/** One message to one recipient. Personal data: it is made for the send and kept nowhere. */
export interface Message {
  /** An address or the name of a channel, as `addressing` says. */
  readonly to: string;
  /** Ours, opaque, the same whenever this very message is sent: a mail's Message-ID is made of it. */
  readonly reference: string;
  readonly subject: string;
  /** Plain text; paragraphs are separated by an empty line. */
  readonly text: string;
  /** The same for mail programs that show HTML. */
  readonly html: string;
  /** BCP 47. */
  readonly language: string;
}

export interface Notifier {
  /** What `to` is: an e-mail address, or the name of a channel in the connector's settings. */
  readonly addressing: 'address' | 'channel';
  /** No send takes longer than this, milliseconds. One that was begun longer ago has no answer any more. */
  readonly sendLimitMs: number;
  /** Whether that can be sent to at all, as far as the settings tell. */
  accepts(to: string): boolean;
  /**
   * Sends once: never tried again inside.
   *
   * @throws ConnectorError `retryable` or `refused`: certainly not sent; `outcome-unknown`, `unexpected-answer`: it may have
   * been. `refused` with status 401 or 403, or one of `UNUSABLE`, is about the connector and not about this message.
   */
  send(message: Message, options?: CallOptions): Promise<void>;
  /** Asks without sending anything, where the channel can be asked. */
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}

/** How long a send may stand behind others of its connector before it begins, milliseconds: part of `sendLimitMs`. */
export const LONGEST_QUEUE_MS = 30_000;

/** Vendor codes of a connector that can send nothing to anybody as it is configured. */
export const UNUSABLE: ReadonlySet<string> = new Set(['AUTH', 'TLS']);
