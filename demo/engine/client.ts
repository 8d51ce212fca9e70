/** A client of the engine's API that outlives short absences of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

/** Whose token asks: the API knows each desk by its own. */
export type Desk = 'operator' | 'assets' | 'dock' | 'viewer' | 'duty' | 'approver' | 'legal';

/** The API said no; `code` as in its problem documents. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;
  /** In a sentence, as the API puts it. */
  readonly title: string;

  constructor(what: string, status: number, { code, title }: ProblemWords, text: string) {
    super(`${what} was answered with ${status} ${text}`);
    this.status = status;
    this.code = code;
    this.title = title;
  }
}

interface ProblemWords {
  readonly code: string;
  readonly title: string;
}

export interface EngineClient {
  readonly url: string;
  get<T>(desk: Desk, path: string, schema: z.ZodType<T>): Promise<T>;
  /** Sent again under the same idempotency key while nobody answers. @throws Refused */
  post(desk: Desk, path: string, body: object): Promise<unknown>;
}

/** A process that was killed is back within some seconds; a database needs longer to recover. */
const ABSENCE_MS = 90_000;
const PAUSE_MS = 250;
const ANSWER_MS = 15_000;

export function createEngineClient(
  url: string,
  tokens: Readonly<Record<Desk, string>>,
  signal: AbortSignal,
): EngineClient {
  async function send(
    desk: Desk,
    method: 'GET' | 'POST',
    path: string,
    body: object | null,
  ): Promise<unknown> {
    const key = randomUUID();
    const until = performance.now() + ABSENCE_MS;
    for (;;) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokens[desk]}`,
          ...(body === null ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        return error instanceof Error ? error : new Error(String(error));
      });
      if (!(response instanceof Error) && response.status < 500) return read(`${method} ${path}`, response);
      if (performance.now() > until) {
        const why =
          response instanceof Error ? response.message : `${response.status} ${await response.text()}`;
        throw new Error(`the API does not answer ${method} ${path}: ${why}`);
      }
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }

  return {
    url,
    get: async (desk, path, schema) => schema.parse(await send(desk, 'GET', path, null)),
    post: (desk, path, body) => send(desk, 'POST', path, body),
  };
}

async function read(what: string, response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok) return text === '' ? null : (JSON.parse(text) as unknown);
  throw new Refused(what, response.status, wordsOf(text), text);
}

/** Problem documents name their code at the end of `type`. */
function wordsOf(text: string): ProblemWords {
  try {
    const { type, title } = JSON.parse(text) as { type?: unknown; title?: unknown };
    return {
      code: typeof type === 'string' ? (type.split('/').at(-1) ?? '') : '',
      title: typeof title === 'string' ? title : '',
    };
  } catch {
    return { code: '', title: '' };
  }
}
