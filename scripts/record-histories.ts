/**
 * Records the histories that replay is tested with, from real runs: `node scripts/record-histories.ts [shape …]`. Needs the
 * Temporal CLI (`npm run bootstrap`). Add histories with each release; those of releases that still run stay.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { SHAPES } from '../test/replay/shapes.ts';
import type { Shape } from '../test/replay/shapes.ts';
import { custodiesOf } from '../test/support/engine/leavers.ts';
import { countEvents, recordRuns } from '../test/support/engine/histories.ts';
import { startEngine } from '../test/support/engine/start-engine.ts';
import type { Engine } from '../test/support/engine/start-engine.ts';
import { startOwnPostgres } from '../test/support/postgres/own-postgres.ts';
import { localTemporal } from '../test/support/temporal/local-temporal.ts';
import { caseWorkflowId, custodyWorkflowId } from '../src/domain/ids.ts';

const OUT = new URL('../test/replay/histories/', import.meta.url);

/** So low that a custody which is woken a few times continues as new. */
const EARLY = { 'limit.historyCount.suggestContinueAsNew': 40 };

async function record(shape: Shape): Promise<void> {
  const postgres = await startOwnPostgres();
  const temporal = await localTemporal(shape.name === 'continued-as-new' ? { dynamicConfig: EARLY } : {});
  try {
    const engine = await startEngine({ ...shape.options, temporal, databaseUrl: postgres.url });
    try {
      const caseId = await shape.play(engine);
      await save(shape, 'case', engine, caseWorkflowId(caseId, 1));
      for (const [index, { device_id: deviceId, epoch }] of (await custodiesOf(engine, caseId)).entries())
        await save(shape, `custody-${index + 1}`, engine, custodyWorkflowId(deviceId, epoch));
      for (const workflowId of (await shape.beside?.(engine)) ?? [])
        await save(shape, workflowId.split(':')[0] ?? '', engine, workflowId);
    } finally {
      await engine.stop();
    }
  } finally {
    await temporal.teardown();
    await postgres.remove();
  }
}

async function save(shape: Shape, what: string, engine: Engine, workflowId: string): Promise<void> {
  for (const [index, run] of (await recordRuns(engine, workflowId)).entries()) {
    const name = `${shape.name}.${what}.${index + 1}.json`;
    await writeFile(new URL(name, OUT), `${JSON.stringify(run)}\n`);
    const counts = Object.entries(countEvents(run)).map(
      ([type, count]) => `${count} ${type.replace('EVENT_TYPE_', '')}`,
    );
    console.log(`${name}: ${run.history.events.length} events\n  ${counts.join(', ')}`);
  }
}

await mkdir(OUT, { recursive: true });
const named = process.argv.slice(2);
for (const shape of SHAPES) if (named.length === 0 || named.includes(shape.name)) await record(shape);
