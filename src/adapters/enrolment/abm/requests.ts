/** Asking for a change: an activity that Apple works through on its own time. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { EnrolmentRequestState } from '../port.ts';
import type { AbmClient } from './client.ts';
import { assignedServer, keyOf, readDevice } from './devices.ts';
import { Activity } from './schema.ts';

const ACTIVITIES = '/v1/orgDeviceActivities';

export async function unassign(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<string | null> {
  const operation = 'unassign device';
  const key = serialKey(client, operation, serial);
  const device = await readDevice(client, key, options);
  if (device === null || device.releasedAt !== null) return null;
  const server = await assignedServer(client, key, options);
  if (server === null) return null;
  return submit(client, operation, 'UNASSIGN_DEVICES', key, server, options);
}

export async function release(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<string | null> {
  const operation = 'release device';
  const key = serialKey(client, operation, serial);
  if (client.settings.programme !== 'business')
    throw new ConnectorError('refused', client.connector, operation, { vendorCode: 'NOT_OFFERED' });
  const device = await readDevice(client, key, options);
  if (device === null || device.releasedAt !== null) return null;
  return submit(client, operation, 'RELEASE_DEVICES', key, null, options);
}

/** Apple keeps what became of a request for 30 days. */
export async function readRequest(
  client: AbmClient,
  id: string,
  options?: CallOptions,
): Promise<EnrolmentRequestState> {
  const path = `${ACTIVITIES}/${encodeURIComponent(id)}`;
  try {
    const request = { operation: 'read request', effect: 'read', method: 'GET', path } as const;
    return stateOf(await client.ask(request, Activity, options));
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return 'unreadable';
    throw error;
  }
}

/** `COMPLETED` says that it was worked through; only the sub-status says how. */
function stateOf({ data }: Activity): EnrolmentRequestState {
  const { status, subStatus } = data.attributes;
  switch (status) {
    case 'IN_PROGRESS':
      return 'under-way';
    case 'COMPLETED':
      return subStatus === 'COMPLETED_WITH_SUCCESS' ? 'done' : 'failed';
    case 'STOPPED':
    case 'FAILED':
      return 'failed';
    default:
      return 'unreadable';
  }
}

async function submit(
  client: AbmClient,
  operation: string,
  activityType: 'UNASSIGN_DEVICES' | 'RELEASE_DEVICES',
  serial: string,
  server: string | null,
  options?: CallOptions,
): Promise<string> {
  const json = {
    data: {
      type: 'orgDeviceActivities',
      attributes: { activityType },
      relationships: {
        ...(server === null ? {} : { mdmServer: { data: { type: 'mdmServers', id: server } } }),
        devices: { data: [{ type: 'orgDevices', id: serial }] },
      },
    },
  };
  const request = { operation, effect: 'write', method: 'POST', path: ACTIVITIES, json } as const;
  const { data } = await client.ask(request, Activity, options);
  return data.id;
}

function serialKey({ connector }: AbmClient, operation: string, serial: string): string {
  const key = keyOf(serial);
  if (key === null) throw new ConnectorError('refused', connector, operation, { vendorCode: 'NO_SERIAL' });
  return key;
}
