import { fileURLToPath } from 'node:url';
import { startChild } from '../harness/child.ts';
import type { Child } from '../harness/child.ts';
import { caseWorkflowId, custodyWorkflowId, pickupWorkflowId } from '../../src/domain/ids.ts';
import { post } from './http.ts';
import { asProcess, committed, environmentOf } from './program-parts.ts';
import type { ProgramParts } from './program-parts.ts';
import type { System } from './system.ts';

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export function engineSystem(parts: ProgramParts): System {
  const { pool, url } = parts;
  const api = `${url}/api/v1`;
  let children: readonly Child[] = [];
  const start = (command: string): Promise<Child> =>
    startChild({
      name: `engine ${command}`,
      program: CLI,
      args: [command, '--config', parts.configFile],
      env: environmentOf(parts),
    });

  return {
    name: 'engine',
    async start() {
      children = [await start('worker'), await start('api')];
      return children.map(asProcess);
    },
    async stop() {
      for (const child of children.toReversed()) await child.stop();
    },
    async progress(prefix) {
      const { rows } = await pool.query<{
        id: string;
        serial: string;
        state: string;
        staged: boolean;
        completed: boolean;
      }>(
        `select devices.id, serial, custodies.state, cases.state = 'completed' as completed,
           coalesce(custodies.gates->'wipe'->>'state' = 'satisfied' and custodies.gates->'return'->>'state' = 'satisfied', false) as staged
         from devices join custodies on custodies.device_id = devices.id join cases on cases.id = custodies.case_id
         where starts_with(serial, $1) and custodies.state in ('open', 'closed')`,
        [prefix],
      );
      return rows.map(({ id, serial, state, staged, completed }) => {
        const before = staged ? 'staged' : 'open';
        return { id, serial, state: state === 'closed' ? 'closed' : before, completed };
      });
    },
    scanIn: ({ serial }) => post(`${api}/intake-scans`, { serial, site: 'HQ' }),
    createPickup: async (devices) =>
      (
        await post<{ id: string }>(`${api}/pickups`, {
          connector: 'itad',
          site: 'HQ',
          deviceIds: devices.map(({ id }) => id),
        })
      ).id,
    async pickup(id) {
      const { rows } = await pool.query<{ booked: boolean; scanned: boolean }>(
        `select manifest_sent_at is not null as booked,
           (select count(distinct serial) from pickup_scans where pickup_id = $1 and by = 'vendor') >=
           (select count(*) from pickup_lines where pickup_id = $1) as scanned
         from pickups where id = $1`,
        [id],
      );
      return { isBooked: rows[0]?.booked === true, isVendorScanned: rows[0]?.scanned === true };
    },
    dockScan: (id, serial) => post(`${api}/pickups/${id}/scans`, { serial }),
    async confirm(id, serials) {
      await post(`${api}/pickups/${id}/counts`, { serials });
      for (const side of ['ours', 'vendor'])
        await post(`${api}/pickups/${id}/signatures`, { side, name: `The ${side} crew` });
      await post(`${api}/pickups/${id}/confirm`, {});
    },
    async workflows(prefix, pickupIds) {
      const { rows } = await pool.query<{
        device_id: string;
        epoch: number;
        case_id: string;
        generation: number;
      }>(
        'select device_id, epoch, case_id, generation from custodies join devices on devices.id = device_id where starts_with(serial, $1)',
        [prefix],
      );
      return {
        case: rows.map((row) => caseWorkflowId(row.case_id, row.generation)),
        custody: rows.map((row) => custodyWorkflowId(row.device_id, row.epoch)),
        pickup: pickupIds.map(pickupWorkflowId),
      };
    },
    async explain(prefix) {
      const { rows } = await pool.query<{ told: string }>(
        `select serial || ': ' || custodies.state || ' ' || custodies.blocked_by::text || ' exceptions: ' ||
           coalesce((select string_agg(code, ', ') from exceptions where exceptions.device_id = devices.id and resolved_at is null), 'none') as told
         from devices join custodies on custodies.device_id = devices.id where starts_with(serial, $1) and custodies.state <> 'closed'`,
        [prefix],
      );
      return rows.map(({ told }) => told);
    },
    transactions: () => committed(pool),
  };
}
