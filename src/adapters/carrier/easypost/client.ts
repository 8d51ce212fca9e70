/**
 * The official client, tamed. Read in its source (8.9.0): its `timeout` option reaches no request, it follows redirects with
 * the API key in hand, and its errors carry neither headers nor a way to abort. So each call gets a client of its own whose
 * requests are limited, aborted and observed here. It does not retry.
 */
import easypost from '@easypost/api';
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { retryAfterMs, statusFailure, transportFailure, unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import type { EasypostSettings } from './settings.ts';

// The package's types describe its CommonJS form, where the class is the member `default`; loaded as a module, it is the class.
const EasyPostClient = easypost as unknown as typeof easypost.default;
type EasyPostClient = InstanceType<typeof EasyPostClient>;

/** The part of a superagent request that is used. */
interface Request {
  redirects(count: number): Request;
  timeout(limits: { readonly deadline: number }): Request;
  abort(): void;
}

/** What the vendor answered, as far as errors need it. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly code: unknown;
}

const ErrorBody = z.object({ error: z.object({ code: z.string() }) });

/** The vendor's word for "this shipment has its label already". */
const BOUGHT_ALREADY = 'SHIPMENT.POSTAGE.EXISTS';

export interface EasypostCalls {
  /** One request with the official client, its answer checked. @throws ConnectorError */
  call<T>(
    what: Pick<Call, 'operation' | 'effect'>,
    work: (client: EasyPostClient) => Promise<unknown>,
    schema: z.ZodType<T>,
    options?: CallOptions,
  ): Promise<T>;
}

export function createCalls(connector: string, settings: EasypostSettings, deps: AdapterDeps): EasypostCalls {
  const bucket = new TokenBucket(settings);
  const baseUrl = `${settings.baseUrl.replace(/\/+$/u, '')}/`;
  const now = deps.clock ?? (() => new Date());

  return {
    async call(what, work, schema, { signal } = {}) {
      const at: Call = { connector, ...what };
      try {
        await bucket.take(signal);
      } catch (cause) {
        // Nothing was sent yet, so even a write is safe to repeat.
        throw transportFailure({ ...at, effect: 'read' }, cause);
      }
      let answer: Answer | undefined;
      let abort = (): void => {};
      const client = new EasyPostClient(settings.apiKey, {
        baseUrl,
        requestMiddleware(request: Request) {
          abort = () => {
            request.abort();
          };
          return request.redirects(0).timeout({ deadline: settings.timeLimitMs });
        },
      });
      client.addResponseHook((response) => {
        answer = observe(response);
      });
      // Returns nothing: a superagent request is thenable, and an event listener's promise that rejects ends the process.
      const stop = (): void => {
        abort();
      };
      signal?.addEventListener('abort', stop);
      try {
        const value = schema.safeParse(await work(client));
        if (!value.success) throw unexpectedAnswer(at, value.error);
        return value.data;
      } catch (error) {
        throw failureOf(at, answer, error, now());
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}

function observe(response: { readonly httpStatus: number; readonly responseBody: unknown }): Answer {
  // The hook's type leaves the headers out.
  const headers =
    'headers' in response ? z.record(z.string(), z.unknown()).safeParse(response.headers) : undefined;
  const retryAfter = headers?.data?.['retry-after'];
  return {
    status: response.httpStatus,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    code: ErrorBody.safeParse(response.responseBody).data?.error.code,
  };
}

/** The vendor's own error is dropped wherever it had a body: its text may quote an address. */
function failureOf(at: Call, answer: Answer | undefined, error: unknown, now: Date): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const status = answer?.status ?? statusOf(error);
  if (status === undefined) return transportFailure(at, error);
  if (status >= 200 && status < 300) {
    // A body that cannot be read at all is a lost answer; one that is merely unknown is not.
    return answer === undefined && at.effect === 'write'
      ? new ConnectorError('outcome-unknown', at.connector, at.operation, { status })
      : unexpectedAnswer(at, undefined, status);
  }
  if (answer?.code === BOUGHT_ALREADY) {
    return new ConnectorError('conflict', at.connector, at.operation, { status, vendorCode: BOUGHT_ALREADY });
  }
  return statusFailure(at, status, {
    retryAfterMs: retryAfterMs(answer?.retryAfter, now),
    vendorCode: answer?.code,
  });
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('status' in error && typeof error.status === 'number') return error.status;
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
