/** What arrived, as a mail program would read it. */
import PostalMime from 'postal-mime';

/** One mail that the server took. */
export interface Mail {
  /** From 1, without gaps until a reset. */
  readonly n: number;
  readonly at: string;
  readonly from: string;
  /** Recipients of the envelope: who gets it, whatever the headers say. */
  readonly to: readonly string[];
  readonly messageId: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

export class Mailbox {
  #mails: Mail[] = [];

  async take(raw: Buffer, envelope: { from: string; to: readonly string[] }, at: Date): Promise<Mail> {
    const parsed = await PostalMime.parse(raw);
    const mail: Mail = {
      n: this.#mails.length + 1,
      at: at.toISOString(),
      ...envelope,
      messageId: parsed.messageId ?? null,
      subject: parsed.subject ?? '',
      text: parsed.text ?? '',
      html: parsed.html ?? '',
      headers: Object.fromEntries(parsed.headers.map(({ key, value }) => [key, value])),
      bytes: raw.length,
    };
    this.#mails.push(mail);
    return mail;
  }

  list(to?: string): readonly Mail[] {
    return this.#mails.filter((mail) => to === undefined || mail.to.includes(to));
  }

  clear(): void {
    this.#mails = [];
  }
}
