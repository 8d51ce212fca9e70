/** Reading managed devices. */
import type { DeviceSighting } from '../../../domain/sighting.ts';
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import type { CommandObservation, ManagedDevice } from '../port.ts';
import { commandsOf, commandsOrNull } from './commands.ts';
import { toSighting, wipeAnswer } from './map.ts';
import { DEVICE_SELECT, ManagedDeviceRecord } from './schema.ts';
import type { IntuneSettings } from './settings.ts';

const ALL = '/deviceManagement/managedDevices';
const PAGE = `$top=999&$select=${DEVICE_SELECT}`;

/** What the calls need to know of the connector. */
export interface IntuneContext {
  readonly connector: string;
  readonly graph: GraphClient;
  readonly settings: IntuneSettings;
}

export function devicePath(mdmId: string): string {
  return `${ALL}/${encodeURIComponent(mdmId)}`;
}

/**
 * By the person's own collection, since Graph documents no filter by user. It ends with the account: for one that is not
 * there (any more) the whole fleet is gone through.
 */
export async function listDevicesOf(
  { graph }: IntuneContext,
  personId: string,
  options?: CallOptions,
): Promise<readonly DeviceSighting[]> {
  const records = await listRecordsOf(graph, personId, options);
  const own = records.filter(({ userId }) => userId?.toLowerCase() === personId.toLowerCase());
  return own.map((record) => toSighting(record, record.userId ?? null));
}

async function listRecordsOf(
  graph: GraphClient,
  personId: string,
  options?: CallOptions,
): Promise<readonly ManagedDeviceRecord[]> {
  const path = `/users/${encodeURIComponent(personId)}/managedDevices?${PAGE}`;
  try {
    return await graph.all('list devices of person', path, ManagedDeviceRecord, options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
    return graph.all('list devices', `${ALL}?${PAGE}`, ManagedDeviceRecord, options);
  }
}

/** One record; `null` when Intune has none. */
export async function readRecord(
  { connector, graph }: IntuneContext,
  mdmId: string,
  options?: CallOptions,
  operation = 'read device',
): Promise<ManagedDeviceRecord | null> {
  let record: ManagedDeviceRecord;
  try {
    record = await graph.get(
      operation,
      `${devicePath(mdmId)}?$select=${DEVICE_SELECT}`,
      ManagedDeviceRecord,
      options,
    );
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
  if (record.id.toLowerCase() !== mdmId.toLowerCase())
    throw unexpectedAnswer({ connector, operation, effect: 'read' });
  return record;
}

/** One device, live; `null` when Intune has none. @throws ConnectorError `unexpected-answer` for a wipe we cannot read. */
export async function readDevice(
  context: IntuneContext,
  mdmId: string,
  options?: CallOptions,
  operation = 'read device',
): Promise<ManagedDevice | null> {
  const record = await readRecord(context, mdmId, options, operation);
  if (record === null) return null;
  return toDevice(context, record, wipesOf(context, record, operation), operation);
}

/**
 * A row without its action results is read singly, since their absence says nothing; one that is gone by then is left out. A
 * wipe that we cannot read is that device's trouble alone: it is marked, and the others are listed.
 */
export async function listDevices(
  context: IntuneContext,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<ManagedDevice>> {
  const operation = 'list devices';
  const page = await context.graph.page(operation, cursor ?? `${ALL}?${PAGE}`, ManagedDeviceRecord, options);
  const items: ManagedDevice[] = [];
  for (const row of page.items) {
    const record = row.deviceActionResults === undefined ? await readRecord(context, row.id, options) : row;
    if (record !== null) items.push(toListed(context, record, operation));
  }
  return { items, next: page.next };
}

function toListed(context: IntuneContext, record: ManagedDeviceRecord, operation: string): ManagedDevice {
  try {
    return toDevice(context, record, wipesOf(context, record, operation), operation);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ...toDevice(context, record, [], operation), unreadable: true };
  }
}

function wipesOf(
  { connector, settings }: IntuneContext,
  record: ManagedDeviceRecord,
  operation: string,
): readonly CommandObservation[] {
  return commandsOf({ connector, operation, effect: 'read' }, record, settings.wipeActionNames);
}

function toDevice(
  { connector, settings }: IntuneContext,
  record: ManagedDeviceRecord,
  wipes: readonly CommandObservation[],
  operation: string,
): ManagedDevice {
  const call = { connector, operation, effect: 'read' } as const;
  return {
    ...toSighting(record, null),
    lastWipe: wipes.at(-1) ?? null,
    wipes,
    retires: commandsOrNull(call, record, settings.retireActionNames),
    locks: commandsOrNull(call, record, settings.lockActionNames),
    unreadable: false,
    wipeAnswer: wipeAnswer(record, settings.wipeActionNames),
  };
}
