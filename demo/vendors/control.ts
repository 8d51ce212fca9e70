/** The sandbox's control listener: what people and hardware do at the vendors, and the sandbox's own records. */
import { z } from 'zod';

/** Something that a vendor was asked for and that took hold. */
export const Effect = z.object({
  n: z.int(),
  at: z.string(),
  instance: z.string(),
  kind: z.string(),
  target: z.string(),
  key: z.string().nullable(),
  params: z.record(z.string(), z.unknown()),
});
export type Effect = z.infer<typeof Effect>;

const Effects = z.object({ effects: z.array(Effect) });

export interface Control {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post(path: string, body?: object): Promise<unknown>;
  delete(path: string): Promise<void>;
  effects(): Promise<readonly Effect[]>;
}

export function createControl(url: string, signal: AbortSignal): Control {
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal,
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`the sandbox answered ${method} ${path} with ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }

  return {
    get: async (path, schema) => schema.parse(await send('GET', path)),
    post: (path, body) => send('POST', path, body ?? {}),
    delete: async (path) => void (await send('DELETE', path)),
    effects: async () => Effects.parse(await send('GET', '/effects')).effects,
  };
}
