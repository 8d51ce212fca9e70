/** What people decide, by the same store functions that the API calls. */
import { cancelCase, wakeCase, wakeCustody } from '../../../src/store/cases.ts';
import { resolveException } from '../../../src/store/exceptions.ts';
import { freeHeldWipes } from '../../../src/store/held-wipes.ts';
import { eventually } from './eventually.ts';
import type { Engine } from './start-engine.ts';

/** Waits for an open exception of that code in the case and decides it. */
export async function decide(engine: Engine, caseId: string, code: string, outcome: string): Promise<void> {
  const { db } = engine;
  const open = await eventually(`the exception ${code}`, () =>
    db
      .selectFrom('exceptions')
      .select(['id', 'round', 'device_id'])
      .where('case_id', '=', caseId)
      .where('code', '=', code)
      .where('resolved_at', 'is', null)
      .executeTakeFirst(),
  );
  await db.transaction().execute(async (tx) => {
    const resolution = { exceptionId: open.id, outcome, reason: 'decided by a test', by: 'token:test' };
    await resolveException(tx, resolution, new Date());
    if (open.device_id === null) await wakeCase(tx, caseId, open.round);
    else await wakeCustody(tx, open.device_id, open.round);
  });
}

/** Cancels the case. @returns Whether it was open. */
export function cancel(engine: Engine, caseId: string): Promise<boolean> {
  return engine.db
    .transaction()
    .execute((tx) => cancelCase(tx, caseId, 'withdrawn', 'token:test', new Date()));
}

/** Switches everything destructive off, or on again: what it held is then judged anew. */
export async function killSwitch({ db }: Engine, on: boolean): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('switches')
      .set({ is_on: on, changed_by: 'token:test' })
      .where('name', '=', 'kill')
      .execute();
    if (!on) await freeHeldWipes(tx, 'token:test', new Date());
  });
}
