import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DockResult } from '../dock/run.ts';
import type { LedgerResult } from '../ledger/run.ts';
import type { ImportResult } from '../imports/run.ts';
import type { PackResult } from '../packs/run.ts';
import type { SweepResult } from '../sweep/run.ts';
import type { ThroughputResult } from '../throughput/run.ts';
import type { WebhookResult } from '../webhooks/run.ts';
import type { Held } from './held.ts';
import type { Machine } from './machine.ts';

export interface Results {
  readonly machine: Machine;
  readonly throughput?: ThroughputResult;
  readonly webhooks?: WebhookResult;
  readonly sweep?: SweepResult;
  readonly dock?: DockResult;
  readonly ledger?: LedgerResult;
  readonly packs?: PackResult;
  readonly imports?: ImportResult;
}

const FILE = fileURLToPath(new URL('../results/latest.json', import.meta.url));

/** @returns where it was written. */
export async function saveResults(results: Results, held: readonly Held[]): Promise<string> {
  await mkdir(fileURLToPath(new URL('../results/', import.meta.url)), { recursive: true });
  await writeFile(FILE, `${JSON.stringify({ ...results, held }, null, 2)}\n`);
  return FILE;
}
