/** What a process tells `up`, its parent, over the IPC channel. */
import { z } from 'zod';

const Message = z.discriminatedUnion('type', [
  /** It does its work now; `url` where it listens. */
  z.object({ type: z.literal('ready'), url: z.string().optional() }),
  /** It ends, and this is why. */
  z.object({ type: z.literal('failed'), reason: z.string() }),
]);
export type ProcessMessage = z.infer<typeof Message>;

/** The message, or `null` when it is none of ours. */
export function readMessage(value: unknown): ProcessMessage | null {
  return Message.safeParse(value).data ?? null;
}

/** Tells the parent, where there is one that listens; resolves when it is on its way. */
export function tellParent(message: ProcessMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    // A parent that is gone is noticed by `disconnect`, not here.
    process.send(message, undefined, {}, () => resolve());
  });
}
