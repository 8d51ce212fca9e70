/** For whoever runs the process: does it live, can it serve, how is it doing. */
import type { Express, Request, Response } from 'express';
import { missingMigrations } from '../store/read/readiness.ts';
import { authenticate, authorise } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import type { Metrics } from './metrics.ts';
import { notesOf } from './notes.ts';

export function mountHealth(app: Express, deps: ApiDeps, metrics: Metrics): void {
  app.get('/healthz', noted('/healthz'), (_request: Request, response: Response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', noted('/readyz'), async (_request: Request, response: Response) => {
    const reason = await whyNotReady(deps);
    if (reason === null) return void response.json({ status: 'ready' });
    response.status(503).json({ status: 'not-ready', reason });
  });
  app.get(
    '/metrics',
    noted('/metrics'),
    authenticate(deps, { evenWithoutDatabase: true }),
    authorise('metrics.read'),
    async (_request: Request, response: Response) => {
      const { contentType, text } = await metrics.render(deps.clock());
      response.setHeader('content-type', contentType);
      response.end(text);
    },
  );
}

async function whyNotReady(deps: ApiDeps): Promise<'draining' | 'database' | 'migrations' | null> {
  if (deps.isAccepting?.() === false) return 'draining';
  try {
    return (await missingMigrations(deps.db)).length > 0 ? 'migrations' : null;
  } catch {
    return 'database';
  }
}

function noted(template: string) {
  return (request: Request, _response: Response, next: () => void) => {
    notesOf(request).template = template;
    next();
  };
}
