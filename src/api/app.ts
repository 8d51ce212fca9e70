/** The HTTP interface as an Express application. It listens to nothing by itself; see `main.ts`. */
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { FactConflict } from '../store/facts.ts';
import { authenticate, authorise } from './auth.ts';
import { allowOrigin } from './cors.ts';
import type { ApiDeps } from './deps.ts';
import { isPassingFault } from './faults.ts';
import { mountHealth } from './health.ts';
import { mountHooks } from './hooks.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { BASE, mount } from './mount.ts';
import { notesOf } from './notes.ts';
import { IssuerUnavailable } from './oidc/issuer-keys.ts';
import { openApi } from './openapi.ts';
import { Problem, sendProblem } from './problem.ts';
import { ROUTES } from './routes/index.ts';

export function createApi(deps: ApiDeps): Express {
  const metrics = createMetrics(deps.db, deps.connectors);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  app.use(watch(deps, metrics));
  mountHealth(app, deps, metrics);
  mountHooks(app, deps, metrics);
  app.use(BASE, apiRouter(deps));
  app.use(() => {
    throw new Problem('not-found');
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    // Half an answer cannot be taken back: Express then breaks the connection off.
    if (response.headersSent) return next(error);
    sendProblem(response, problemOf(error, request, deps));
  });
  return app;
}

function apiRouter(deps: ApiDeps): express.Router {
  const router = express.Router();
  const described = openApi(ROUTES);
  router.use('/codec', allowOrigin(deps.codecOrigin));
  router.use(authenticate(deps));
  router.get('/openapi.json', authorise('openapi.read'), (request: Request, response: Response) => {
    notesOf(request).template = `${BASE}/openapi.json`;
    response.json(described);
  });
  for (const route of ROUTES) mount(router, route, deps);
  return router;
}

function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  response.setHeader('x-request-id', notesOf(request).requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
  next();
}

/** Times each request and logs it: template, status, actor. No path, no query, no body; webhooks only when we failed. */
function watch(deps: ApiDeps, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction) => {
    const begun = performance.now();
    response.once('finish', () => {
      const ms = performance.now() - begun;
      const { requestId, template, caller } = notesOf(request);
      const { statusCode: status } = response;
      metrics.observeRequest(request.method, template, status, ms / 1000);
      if (status < 500 && !template.startsWith(BASE)) return;
      deps.log.info(
        {
          requestId,
          method: request.method,
          route: template,
          status,
          ms: Math.round(ms),
          actor: caller?.actor ?? null,
        },
        'request',
      );
    });
    next();
  };
}

function problemOf(error: unknown, request: Request, deps: ApiDeps): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof FactConflict) return new Problem('conflict');
  if (error instanceof IssuerUnavailable) return new Problem('issuer-unavailable');
  if (isPassingFault(error)) return new Problem('unavailable');
  const type = error instanceof Error && 'type' in error ? error.type : null;
  if (type === 'entity.too.large') return new Problem('payload-too-large');
  if (type === 'entity.parse.failed' || type === 'request.size.invalid') return new Problem('malformed-json');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new Problem('unsupported-media-type');
  if (error instanceof URIError || type === 'request.aborted') return new Problem('invalid-request');
  // Its text may quote data: only its class and place are logged.
  const place =
    error instanceof Error
      ? (error.stack
          ?.split('\n')
          .filter((line) => line.trimStart().startsWith('at '))
          .slice(0, 8)
          .join('\n') ?? '')
      : '';
  deps.log.error(
    {
      requestId: notesOf(request).requestId,
      error: error instanceof Error ? error.name : typeof error,
      place,
    },
    'request failed',
  );
  return new Problem('internal');
}
