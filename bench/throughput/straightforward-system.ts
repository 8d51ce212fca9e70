import { fileURLToPath } from 'node:url';
import { startChild } from '../harness/child.ts';
import type { Child } from '../harness/child.ts';
import { leaverWorkflowId, pickupWorkflowId } from '../straightforward/messages.ts';
import { post } from './http.ts';
import { asProcess, committed, environmentOf } from './program-parts.ts';
import type { ProgramParts } from './program-parts.ts';
import type { DeviceProgress, System } from './system.ts';

const PROGRAM = fileURLToPath(new URL('../straightforward/main.ts', import.meta.url));

export function straightforwardSystem(parts: ProgramParts): System {
  const { pool, url } = parts;
  let children: readonly Child[] = [];
  const start = (what: string): Promise<Child> =>
    startChild({
      name: `straightforward ${what}`,
      program: PROGRAM,
      args: [what, parts.configFile],
      env: environmentOf(parts),
    });

  return {
    name: 'straightforward',
    async start() {
      children = [await start('worker'), await start('api')];
      return children.map(asProcess);
    },
    async stop() {
      for (const child of children.toReversed()) await child.stop();
    },
    async progress(prefix) {
      const { rows } = await pool.query<{
        serial: string;
        state: DeviceProgress['state'];
        completed: boolean;
      }>(
        `select serial, devices.state, leavers.state = 'completed' as completed
         from devices join leavers using (okta_id) where starts_with(serial, $1)`,
        [prefix],
      );
      return rows.map((row) => ({ id: row.serial, ...row }));
    },
    scanIn: ({ serial }) => post(`${url}/api/returns`, { serial }),
    createPickup: async (devices) =>
      (
        await post<{ id: string }>(`${url}/api/pickups`, {
          site: 'HQ',
          serials: devices.map(({ serial }) => serial),
        })
      ).id,
    async pickup(id) {
      const { rows } = await pool.query<{ booked: boolean; scanned: boolean }>(
        `select state <> 'draft' as booked, not exists (select 1 from pickup_lines where pickup_id = $1 and vendor_scanned_at is null) as scanned
         from pickups where id = $1`,
        [id],
      );
      return { isBooked: rows[0]?.booked === true, isVendorScanned: rows[0]?.scanned === true };
    },
    dockScan: (id, serial) => post(`${url}/api/pickups/${id}/scans`, { serial }),
    confirm: (id) => post(`${url}/api/pickups/${id}/confirm`, {}),
    async workflows(prefix, pickupIds) {
      const { rows } = await pool.query<{ okta_id: string }>(
        'select okta_id from devices where starts_with(serial, $1)',
        [prefix],
      );
      return {
        leaver: rows.map((row) => leaverWorkflowId(row.okta_id)),
        pickup: pickupIds.map(pickupWorkflowId),
      };
    },
    async explain(prefix) {
      const { rows } = await pool.query<{ told: string }>(
        `select serial || ': ' || state || ' sent ' || coalesce(wipe_sent_at::text, 'not') || ' wipe ' || coalesce(wipe_state, 'pending')
           || ' returned ' || coalesce(returned_at::text, 'not') as told
         from devices where starts_with(serial, $1) and state <> 'closed'`,
        [prefix],
      );
      return rows.map(({ told }) => told);
    },
    transactions: () => committed(pool),
  };
}
