/** Ten thousand wipes that were accepted and that their devices have not taken: at the vendor, and in the engine's tables. */
import type pg from 'pg';
import type { ControlClient } from '../../sandbox/core/testing.ts';
import { SECRETS } from '../harness/secrets.ts';

const SEEDED_AT_ONCE = 2_000;
const WIPES_AT_ONCE = 20;

interface ManagedDevice {
  readonly id: string;
  readonly serialNumber: string;
}

/** Seeds devices that are offline, and asks for their wipes as the engine would have. @returns ids at the vendor. */
export async function seedVendor(
  control: ControlClient,
  graph: string,
  count: number,
): Promise<readonly ManagedDevice[]> {
  for (let from = 0; from < count; from += SEEDED_AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(SEEDED_AT_ONCE, count - from) },
      (_one, index) => from + index,
    );
    await control.post('/company', {
      people: [],
      devices: numbers.map((number) => ({
        key: `swept-${number}`,
        serial: `SW${String(number).padStart(6, '0')}`,
        manufacturer: 'LENOVO',
        model: 'ThinkPad X1',
        platform: 'windows',
        mdm: 'graph',
        inventory: false,
        behaviour: { online: false, lagMs: 0 },
      })),
    });
  }
  const headers = { authorization: `Bearer ${await token(graph)}`, 'content-type': 'application/json' };
  const devices = (await listDevices(graph, headers)).filter(({ serialNumber }) =>
    serialNumber.startsWith('SW'),
  );
  const queue = [...devices];
  const body = JSON.stringify({ keepUserData: false, keepEnrollmentData: false });
  await Promise.all(
    Array.from({ length: WIPES_AT_ONCE }, async () => {
      for (let device = queue.pop(); device !== undefined; device = queue.pop()) {
        const response = await fetch(`${graph}/v1.0/deviceManagement/managedDevices/${device.id}/wipe`, {
          method: 'POST',
          headers,
          body,
        });
        if (!response.ok) throw new Error(`a wipe was refused: ${response.status}`);
        await response.arrayBuffer();
      }
    }),
  );
  return devices;
}

async function token(graph: string): Promise<string> {
  const response = await fetch(`${graph}/${SECRETS.graphTenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: SECRETS.graphClient,
      client_secret: SECRETS.graphSecret,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function listDevices(
  graph: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly ManagedDevice[]> {
  const devices: ManagedDevice[] = [];
  for (
    let next: string | undefined = `${graph}/v1.0/deviceManagement/managedDevices?$select=id,serialNumber`;
    next !== undefined;
  ) {
    const page = (await (await fetch(next, { headers })).json()) as {
      value: ManagedDevice[];
      '@odata.nextLink'?: string;
    };
    devices.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return devices;
}

/** The rows that ten thousand sent wipes leave: devices, custodies of one case, approvals, intents. */
export async function seedDatabase(
  pool: pg.Pool,
  devices: readonly ManagedDevice[],
  sentAt: Date,
): Promise<void> {
  const numbers = devices.map((_device, index) => index);
  const [ids, serials] = [devices.map(({ id }) => id), devices.map(({ serialNumber }) => serialNumber)];
  const deviceIds = numbers.map((number) => `dev_swept${String(number).padStart(6, '0')}`);
  await pool.query("insert into policies (digest, body) values ('swept', '{}') on conflict do nothing");
  await pool.query("insert into persons (id) values ('per_swept')");
  await pool.query(
    "insert into cases (id, kind, person_id, state, source, effective_at, policy_digest) values ('case_swept', 'offboarding', 'per_swept', 'open', 'okta', now(), 'swept')",
  );
  await pool.query(
    "insert into devices (id, serial, platform, ownership) select id, serial, 'windows', 'corporate' from unnest($1::text[], $2::text[]) as given (id, serial)",
    [deviceIds, serials],
  );
  await pool.query(
    `insert into custodies (device_id, epoch, case_id, generation, route, state, mdm_connector, mdm_id)
     select id, 1, 'case_swept', 1, 'dispose', 'open', 'intune', mdm from unnest($1::text[], $2::text[]) as given (id, mdm)`,
    [deviceIds, ids],
  );
  await pool.query(
    `insert into approvals (id, kind, device_id, epoch, basis, action_hash, policy_digest, requested_by, approved_by, expires_at)
     select 'apr_' || id, 'wipe', id, 1, 'policy', 'swept', 'swept', 'handback', 'policy:swept', now() + interval '1 day' from unnest($1::text[]) as given (id)`,
    [deviceIds],
  );
  await pool.query(
    `insert into intents (id, kind, device_id, epoch, approval_id, connector, target, action_hash, send_started_at, answered_at, answer)
     select 'int_' || id, 'wipe', id, 1, 'apr_' || id, 'intune', mdm, 'swept', $3, $3, 'accepted' from unnest($1::text[], $2::text[]) as given (id, mdm)`,
    [deviceIds, ids, sentAt],
  );
  await pool.query('analyze');
}
