/** Webhooks in: authenticate, store the bytes, answer. Nothing else happens on this path. */
import express from 'express';
import type { Express, Request, Response } from 'express';
import type { HookRequest, HookVerdict } from '../adapters/webhook.ts';
import { storeDelivery } from '../store/inbox.ts';
import type { ApiDeps } from './deps.ts';
import type { Metrics } from './metrics.ts';
import { notesOf } from './notes.ts';
import { Problem, sendProblem } from './problem.ts';

/** Vendors give up after three seconds (Okta, Graph): better a 503 that is tried again than no answer. */
const STORE_LIMIT_MS = 2_500;
const BODY_LIMIT = '1mb';

const UNKNOWN = { kind: 'unknown', verify: (): HookVerdict => ({ kind: 'unauthenticated' }) } as const;

export function mountHooks(app: Express, deps: ApiDeps, metrics: Metrics): void {
  const body = express.raw({ type: () => true, limit: BODY_LIMIT });
  for (const [path, lifecycle] of [
    ['/hooks/:connector', false],
    ['/hooks/:connector/lifecycle', true],
  ] as const) {
    const template = (request: Request, _response: Response, next: () => void) => {
      notesOf(request).template = path;
      next();
    };
    app.all(path, template, body, async (request: Request, response: Response) => {
      const { method } = request;
      if (method !== 'GET' && method !== 'POST') {
        response.setHeader('allow', 'GET, POST');
        throw new Problem('method-not-allowed');
      }
      const name = String(request.params['connector']);
      const { kind, verify } = deps.verifiers.get(name) ?? UNKNOWN;
      const hook = hookRequest(request, method, lifecycle);
      const verdict = verify(hook, deps.clock());
      if (verdict.kind === 'unauthenticated') metrics.hookUnauthenticated(kind);
      await act(deps, name, hook, verdict, response);
    });
  }
}

async function act(
  deps: ApiDeps,
  connector: string,
  { body }: HookRequest,
  verdict: HookVerdict,
  response: Response,
): Promise<void> {
  switch (verdict.kind) {
    case 'unauthenticated':
      return sendProblem(response, new Problem('unauthenticated'));
    case 'reply':
      response.status(verdict.status).setHeader('content-type', verdict.contentType);
      response.end(verdict.body);
      return;
    case 'accept':
      if (!(await isStored(deps, connector, verdict.deliveryId, body)))
        return sendProblem(response, new Problem('unavailable'));
      response.status(verdict.status).end();
  }
}

/** Whatever goes wrong while storing is our fault and passes: never a 4xx, which some senders take as final. */
async function isStored(
  deps: ApiDeps,
  connector: string,
  deliveryId: string | null,
  body: Buffer,
): Promise<boolean> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error('too slow')), STORE_LIMIT_MS);
  const stored = storeDelivery(deps.hookDb, connector, deliveryId, body);
  // One that ends after the limit has been answered already; if it was stored after all, its repeat is a duplicate.
  stored.catch(() => undefined);
  try {
    await Promise.race([stored, limit.promise]);
    return true;
  } catch (error) {
    deps.log.warn(
      { connector, error: error instanceof Error ? error.name : 'unknown' },
      'webhook not stored',
    );
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function hookRequest(request: Request, method: 'GET' | 'POST', lifecycle: boolean): HookRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const query = Object.fromEntries(new URL(request.originalUrl, 'http://localhost').searchParams);
  const body: unknown = request.body;
  return { method, headers, query, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0), lifecycle };
}
