/**
 * Beside the api: asks the inventory about what was just scanned, as the worker's activity does, woken once a second as by its
 * relay. Without Temporal, so that what is measured is the scans, and what the asking itself takes from them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { askInventory } from '../../src/activities/ask-inventory.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { CONNECTOR_KINDS, createConnectors } from '../../src/adapters/connector-kinds.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openDatabase } from '../../src/store/database.ts';

const EVERY_MS = 1_000;

const [file = ''] = process.argv.slice(2);
const config = await loadConfig({ file, env: process.env, kinds: CONNECTOR_KINDS });
const db = openDatabase(process.env['DATABASE_URL'] ?? '', { connections: 2 });
// What else a context holds, asking does not touch.
const context = {
  db,
  connectors: createConnectors(config.connectors),
  clock: () => new Date(),
} as unknown as EngineContext;
process.once('SIGTERM', () => process.exit(0));
process.send?.({ type: 'ready' });
for (;;) {
  await askInventory(context, { connector: 'snipeit' });
  await sleep(EVERY_MS);
}
