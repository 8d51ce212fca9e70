/** What every notifier must do, whatever the channel. A new adapter brings a harness and calls `describeNotifier`. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message, Notifier } from '../../../src/adapters/notify/port.ts';

/** A message as its recipient sees it. */
export interface Arrived {
  readonly to: string;
  readonly title: string;
  readonly text: string;
}

/** What goes wrong at the other end. */
export type Trouble =
  /** Too many, or not now: certainly nothing was taken. */
  | 'throttled'
  /** A clear no. */
  | 'refused'
  /** Taken, and the connection is cut before the answer. */
  | 'cut-after'
  /** Cut before the answer, and nothing was taken: which nobody can know. */
  | 'cut-before'
  /** Taken, and no answer ever comes. */
  | 'hangs';

export interface NotifierHarness {
  /** A time limit of about a second, a rate that never waits. */
  readonly notifier: Notifier;
  readonly unreachable: Notifier;
  /** Somebody who can be sent to, and somebody who cannot. */
  readonly to: string;
  readonly unknown: string;
  /** What a throttled answer shows beside its code. */
  readonly throttledAs: object;
  arrived(): Promise<readonly Arrived[]>;
  /** Strikes the next send. */
  trouble(kind: Trouble): Promise<void>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const SUBJECT = 'Return reminder: <ThinkPad & Co>';
const TEXT = 'Hello Seraphina,\n\nplease send it *back* by <!channel> [here](http://x.example).\nThank you.';

export function describeNotifier(name: string, makeHarness: () => Promise<NotifierHarness>): void {
  describe(`notifier contract: ${name}`, () => {
    let harness: NotifierHarness;
    let notifier: Notifier;
    let message: Message;

    beforeAll(async () => {
      harness = await makeHarness();
      ({ notifier } = harness);
      message = {
        to: harness.to,
        reference: 'ntf_01',
        subject: SUBJECT,
        text: TEXT,
        html: '<p>Hello Seraphina</p>',
        language: 'en',
      };
    });
    afterAll(() => harness.stop());
    beforeEach(() => harness.reset());

    it('sends a message once, and all of it can be read', async () => {
      await notifier.send(message);
      const arrived = await harness.arrived();
      expect(arrived).toHaveLength(1);
      expect(arrived[0]?.to).toBe(harness.to);
      // Chats need some characters escaped; what is read is the same.
      const read = (text: string): string => text.replaceAll('\\', '').replaceAll(/\s+/gu, ' ').trim();
      expect(read(arrived[0]?.title ?? '')).toBe(read(SUBJECT));
      const text = read(arrived[0]?.text ?? '');
      expect(
        read(TEXT)
          .split(' ')
          .filter((word) => !text.includes(word)),
      ).toEqual([]);
    });

    it.each(['cut-after', 'hangs'] as const)(
      'calls a send whose answer is lost unknown (%s), and does not send again',
      async (kind) => {
        await harness.trouble(kind);
        await expect(notifier.send(message)).rejects.toMatchObject({ code: 'outcome-unknown' });
        expect(await harness.arrived()).toHaveLength(1);
      },
    );

    it('calls one that was cut before it was taken unknown too: it cannot tell', async () => {
      await harness.trouble('cut-before');
      await expect(notifier.send(message)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await harness.arrived()).toEqual([]);
    });

    it('calls a throttled send retryable, with the delay that it was told: nothing was sent', async () => {
      await harness.trouble('throttled');
      const expected = { code: 'retryable', ...harness.throttledAs };
      await expect(notifier.send(message)).rejects.toMatchObject(expected);
      expect(await harness.arrived()).toEqual([]);
      await notifier.send(message);
      expect(await harness.arrived()).toHaveLength(1);
    });

    it('calls a clear no refused', async () => {
      await harness.trouble('refused');
      await expect(notifier.send(message)).rejects.toMatchObject({ code: 'refused' });
      expect(await harness.arrived()).toEqual([]);
    });

    it('calls it retryable when nobody is there: nothing was sent', async () => {
      await expect(harness.unreachable.send(message)).rejects.toMatchObject({ code: 'retryable' });
    });

    it('sends nothing for a caller who has given up', async () => {
      const signal = AbortSignal.abort(new Error('given up'));
      await expect(notifier.send(message, { signal })).rejects.toMatchObject({ code: 'retryable' });
      expect(await harness.arrived()).toEqual([]);
    });

    it('knows whom it cannot send to, and does not try', async () => {
      expect(notifier.accepts(harness.to)).toBe(true);
      expect(notifier.accepts(harness.unknown)).toBe(false);
      await expect(notifier.send({ ...message, to: harness.unknown })).rejects.toMatchObject({
        code: 'refused',
      });
      expect(await harness.arrived()).toEqual([]);
    });

    it.each(['throttled', 'refused', 'cut-after'] as const)(
      'fails without a word of the message or its recipient (%s)',
      async (kind) => {
        await harness.trouble(kind);
        const error = await notifier.send(message).catch((thrown: unknown) => thrown);
        const said = inspect(error, { depth: 6 });
        for (const word of ['Seraphina', 'ThinkPad', '@people.example']) expect(said).not.toContain(word);
      },
    );

    it('asks without sending', async () => {
      expect(await notifier.probe()).toEqual({ missing: [] });
      expect(await harness.arrived()).toEqual([]);
    });

    it('says how long a send may take', () => {
      expect(notifier.sendLimitMs).toBeGreaterThan(0);
    });
  });
}
