/** The control of the webhook measurement: a bare Express handler that stores the body with one INSERT and answers. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 6 });
await pool.query(
  'create table deliveries (id bigint generated always as identity primary key, body bytea not null)',
);

const app = express();
app.disable('x-powered-by');
app.post('/hooks/:connector', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
  await pool.query('insert into deliveries (body) values ($1)', [request.body]);
  response.status(204).end();
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ type: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
  void pool.end().then(() => process.exit(0));
});
