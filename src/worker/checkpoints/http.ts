import { request } from 'undici';
import type { CheckpointTarget } from './target.ts';

const TIME_LIMIT_MS = 15_000;

export interface HttpTarget {
  readonly url: string;
  readonly method: 'PUT' | 'POST';
  readonly token?: string | undefined;
}

/** An endpoint that takes each checkpoint as text; 2xx says that it has it. It is not read back. */
export function httpTarget({ url, method, token }: HttpTarget): CheckpointTarget {
  const { origin, pathname } = new URL(url);
  return {
    // Without the query, which may hold a secret.
    name: `${method} ${origin}${pathname}`,
    async put({ note }) {
      const { statusCode, body } = await request(url, {
        method,
        body: note,
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      await body.dump();
      if (statusCode < 200 || statusCode > 299) throw new RefusedByTarget(statusCode);
    },
  };
}

/** Another status than 2xx. */
export class RefusedByTarget extends Error {
  override readonly name = 'RefusedByTarget';

  constructor(status: number) {
    super(`answered ${status}`);
  }
}
