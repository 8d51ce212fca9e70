/** Shapes in which something is scanned out. */
import { pickupOf, scanAtDock } from '../support/engine/dock.ts';
import { scanReturn } from '../support/engine/evidence.ts';
import { eventually } from '../support/engine/eventually.ts';
import { custodiesOf, openCaseOf, seed, wiped } from '../support/engine/leavers.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { finish, PLAIN } from './shape.ts';
import type { Shape } from './shape.ts';

export const DOCK_SHAPES: readonly Shape[] = [
  { name: 'scanned', options: PLAIN, play: scanned, beside: async () => ['asking:snipeit'] },
];

/** The inventory is asked about it live; it does not answer at first. */
async function scanned(engine: Engine): Promise<string> {
  await seed(engine, [{ key: 'ada' }]);
  const { caseId } = await openCaseOf(engine, 'ada');
  await wiped(engine, caseId);
  const [custody] = await custodiesOf(engine, caseId);
  if (custody === undefined) throw new Error('there is no custody');
  await scanReturn(engine, custody);
  const { pickupId, serial } = await pickupOf(engine, custody);
  const fault = { instance: 'snipeit', match: { path: 'byserial' }, fault: { type: 'down' }, times: 1 };
  await engine.control.post('/faults', fault);
  await scanAtDock(engine, pickupId, serial);
  await eventually('the answer', async () => {
    const rows = await engine.db.selectFrom('inventory_asks').select('known').execute();
    return rows.length > 0 && rows.every(({ known }) => known === true);
  });
  return finish(engine, caseId);
}
