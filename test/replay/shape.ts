/** What a shape of history is, and how one that goes well ends. */
import { eventually } from '../support/engine/eventually.ts';
import { handOver, scanReturn } from '../support/engine/evidence.ts';
import { caseRow, custodiesOf } from '../support/engine/leavers.ts';
import type { Engine, EngineOptions } from '../support/engine/start-engine.ts';

export interface Shape {
  readonly name: string;
  readonly options?: Omit<EngineOptions, 'temporal' | 'databaseUrl' | 'worker'>;
  /** Plays it, and returns the case that it was about. */
  play(engine: Engine): Promise<string>;
  /** Ids of other workflows that ran, to be kept beside those of the case and its custodies. */
  beside?(engine: Engine): Promise<readonly string[]>;
}

/** One identity provider, one device manager, one inventory. */
export const PLAIN = { connectors: { okta: null } } satisfies Shape['options'];
/** Returns and hands over every device, and waits for the end. */
export async function finish(engine: Engine, caseId: string, devices = 1): Promise<string> {
  if (devices > 0) {
    await eventually('every wipe', async () => {
      const custodies = await custodiesOf(engine, caseId);
      return (
        custodies.length === devices && custodies.every((one) => one.gates['wipe']?.state === 'satisfied')
      );
    });
    for (const custody of await custodiesOf(engine, caseId)) {
      await scanReturn(engine, custody);
      await handOver(engine, custody);
    }
  }
  await eventually('the end', async () => (await caseRow(engine, caseId)).state === 'completed');
  return caseId;
}

export async function relayed(engine: Engine): Promise<void> {
  await eventually(
    'the relay',
    async () => (await engine.db.selectFrom('outbox').select('id').executeTakeFirst()) === undefined,
  );
}
