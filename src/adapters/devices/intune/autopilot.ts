/** The registration with Windows Autopilot, by which a Windows device enrols itself again after every reset. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { ReleaseReading } from '../port.ts';
import type { IntuneContext } from './devices.ts';
import { AutopilotRecord } from './schema.ts';

const ALL = '/deviceManagement/windowsAutopilotDeviceIdentities';

export async function releaseAutopilot(
  context: IntuneContext,
  serial: string,
  options?: CallOptions,
): Promise<void> {
  const { connector, graph } = context;
  const operation = 'release autopilot';
  if (normaliseSerial(serial) === null)
    throw new ConnectorError('refused', connector, operation, { vendorCode: 'NO_SERIAL' });
  const [registration, ...others] = await registrationsOf(context, serial, options);
  // Serials collide between manufacturers: which of them is ours is a person's question.
  if (others.length > 0)
    throw new ConnectorError('conflict', connector, operation, { vendorCode: 'SERIAL_NOT_UNIQUE' });
  if (registration === undefined) return;
  try {
    await graph.write(
      operation,
      'DELETE',
      `${ALL}/${encodeURIComponent(registration.id)}`,
      undefined,
      options,
    );
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
  }
}

export async function readAutopilot(
  context: IntuneContext,
  serial: string,
  options?: CallOptions,
): Promise<ReleaseReading> {
  if (normaliseSerial(serial) === null) return 'unreadable';
  return (await registrationsOf(context, serial, options)).length > 0 ? 'still-held' : 'released';
}

/**
 * The endpoint takes no other filter on the serial than `contains` (`eq` is answered 400), so what it finds is compared again.
 * It is asked for the serial as given and in its normalised form.
 */
async function registrationsOf(
  { graph }: IntuneContext,
  serial: string,
  options?: CallOptions,
): Promise<readonly AutopilotRecord[]> {
  const wanted = normaliseSerial(serial);
  const found = new Map<string, AutopilotRecord>();
  for (const spelling of new Set([serial.trim(), wanted ?? ''])) {
    const filter = encodeURIComponent(`contains(serialNumber,'${spelling.replaceAll("'", "''")}')`);
    const records = await graph.all(
      'list autopilot registrations',
      `${ALL}?$filter=${filter}`,
      AutopilotRecord,
      options,
    );
    for (const record of records)
      if (normaliseSerial(record.serialNumber ?? '') === wanted) found.set(record.id, record);
  }
  return [...found.values()];
}
