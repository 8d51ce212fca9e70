/** Webhooks and the dock's requests: each starts or signals a workflow, then answers. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import express from 'express';
import type { Express, Request, Response } from 'express';
import type pg from 'pg';
import type { Connectors } from '../../src/adapters/connectors.ts';
import type { HookRequest, HookVerifier } from '../../src/adapters/webhook.ts';
import {
  available,
  confirmed,
  leaverWorkflowId,
  pickupWorkflowId,
  returned,
  TASK_QUEUE,
} from './messages.ts';
import type { collectDevices } from './pickup.ts';
import type { offboardLeaver } from './leaver.ts';

export interface WebParts {
  readonly client: Client;
  readonly pool: pg.Pool;
  readonly connectors: Connectors;
  readonly verifiers: ReadonlyMap<string, HookVerifier>;
  readonly token: string;
}

export function createWeb(parts: WebParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.all('/hooks/:connector', express.raw({ type: () => true, limit: '1mb' }), (request, response) =>
    takeHook(parts, request, response),
  );
  app.use('/api', (request, response, next) => {
    if (request.headers.authorization === `Bearer ${parts.token}`) next();
    else response.status(401).end();
  });
  app.use('/api', express.json(), dockRoutes(parts));
  return app;
}

async function takeHook(
  { client, connectors, verifiers }: WebParts,
  request: Request,
  response: Response,
): Promise<void> {
  const name = String(request.params['connector']);
  const hook = hookRequest(request);
  const verdict = verifiers.get(name)?.(hook, new Date()) ?? { kind: 'unauthenticated' };
  if (verdict.kind === 'unauthenticated') return void response.status(401).end();
  if (verdict.kind === 'reply')
    return void response.status(verdict.status).type(verdict.contentType).send(verdict.body);
  const reader = (connectors.identity.get(name) ?? connectors.disposition.get(name))?.reader;
  const content = reader?.(hook.body, verdict.deliveryId ?? '') ?? { kind: 'ignored' };
  if (content.kind === 'hints')
    for (const { kind, externalId } of content.hints)
      if (kind === 'leaver') await startLeaver(client, externalId);
  if (content.kind === 'disposition')
    await client.workflow
      .getHandle(pickupWorkflowId(content.pickupId))
      .signal(available, { what: content.what });
  response.status(verdict.status).end();
}

/** The workflow's id makes an event that comes twice one leaver. */
async function startLeaver(client: Client, oktaId: string): Promise<void> {
  try {
    await client.workflow.start<typeof offboardLeaver>('offboardLeaver', {
      taskQueue: TASK_QUEUE,
      workflowId: leaverWorkflowId(oktaId),
      args: [{ oktaId }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function dockRoutes({ client, pool }: WebParts): express.Router {
  const router = express.Router();

  router.post('/returns', async (request, response) => {
    const { serial } = request.body as { serial: string };
    const { rows } = await pool.query<{ okta_id: string }>(
      'update devices set returned_at = now() where serial = $1 returning okta_id',
      [serial],
    );
    const [device] = rows;
    if (device === undefined) return void response.status(404).end();
    await client.workflow.getHandle(leaverWorkflowId(device.okta_id)).signal(returned, { serial });
    response.status(201).json({ serial });
  });

  router.post('/pickups', async (request, response) => {
    const { site, serials } = request.body as { site: string; serials: readonly string[] };
    const id = randomUUID();
    await pool.query('insert into pickups (id, site) values ($1, $2)', [id, site]);
    await pool.query(
      'insert into pickup_lines (pickup_id, line, serial) select $1, position, serial from unnest($2::text[]) with ordinality as given (serial, position)',
      [id, serials],
    );
    await client.workflow.start<typeof collectDevices>('collectDevices', {
      taskQueue: TASK_QUEUE,
      workflowId: pickupWorkflowId(id),
      args: [{ pickupId: id }],
    });
    response.status(201).json({ id });
  });

  router.post('/pickups/:id/scans', async (request, response) => {
    const { serial } = request.body as { serial: string };
    const { rowCount } = await pool.query(
      'update pickup_lines set dock_scanned_at = now() where pickup_id = $1 and serial = $2',
      [request.params.id, serial],
    );
    response.status(rowCount === 1 ? 201 : 404).json({ serial });
  });

  router.post('/pickups/:id/confirm', async (request, response) => {
    const { id } = request.params;
    const { rows } = await pool.query(
      'select 1 from pickup_lines where pickup_id = $1 and (dock_scanned_at is null or vendor_scanned_at is null) limit 1',
      [id],
    );
    if (rows.length > 0) return void response.status(409).end();
    await pool.query("update pickups set state = 'confirmed', confirmed_at = now() where id = $1", [id]);
    await client.workflow.getHandle(pickupWorkflowId(id)).signal(confirmed);
    response.status(200).json({ id });
  });
  return router;
}

function hookRequest(request: Request): HookRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const body: unknown = request.body;
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    headers,
    query: {},
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    lifecycle: false,
  };
}
