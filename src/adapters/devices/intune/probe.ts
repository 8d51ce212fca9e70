/** What `handback doctor` asks of Intune. Nothing is changed. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { IntuneContext } from './devices.ts';

/** Read permissions, each with what needs it. Those to wipe, retire, lock, lift a lock and delete show only in doing so. */
const READS = [
  ['DeviceManagementManagedDevices.Read.All', '/deviceManagement/managedDevices?$top=1&$select=id'],
  ['DeviceManagementServiceConfig.Read.All', '/deviceManagement/windowsAutopilotDeviceIdentities?$top=1'],
] as const;

export async function probe(
  { graph }: IntuneContext,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const missing: string[] = [];
  for (const [permission, path] of READS) {
    try {
      await graph.page('probe', path, z.unknown(), options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(permission);
    }
  }
  return { missing };
}
