/** Whether the vendor has certified all that was handed over to it with a pickup. */
import { sql } from 'kysely';
import { acceptedCertificate } from '../domain/rules/sanitisation.ts';
import type { Tx } from './database.ts';
import { loadCustody, readPolicy } from './rule-facts.ts';

interface HandedOver {
  readonly deviceId: string;
  readonly epoch: number;
  /** A certificate names the unit itself. */
  readonly named: boolean;
  /** It has drives of its own: a certificate of the chassis proves none of them. */
  readonly hasDrives: boolean;
}

/**
 * Each unit that was handed over has a certificate. One with drives of its own has it when every drive is certified as the gate
 * asks for it: by itself, or with its chassis.
 *
 * `offset 0` keeps to the index, unit for unit: the planner would else read every certificate there is, for each pickup.
 */
export async function isPickupCertified(tx: Tx, pickupId: string): Promise<boolean> {
  const { rows } = await sql<HandedOver>`
    select lines.device_id as "deviceId", lines.epoch,
      exists (
        select from certificates
        where certificates.pickup_id = lines.pickup_id and certificates.serial = lines.serial and certificates.matched
        offset 0
      ) or exists (
        select from import_lines as linked
        where linked.device_id = lines.device_id and linked.pickup_id = lines.pickup_id and linked.list = 'certificate'
          and linked.decision = 'linked'
        offset 0
      ) as named,
      exists (select from device_drives as drives where drives.device_id = lines.device_id and drives.epoch = lines.epoch)
        as "hasDrives"
    from pickup_lines as lines
    join facts on facts.key = 'handoff.transferred:' || lines.device_id || ':' || lines.epoch || ':' || lines.pickup_id
    where lines.pickup_id = ${pickupId}`.execute(tx);
  if (rows.length === 0 || rows.some(({ named, hasDrives }) => !named && !hasDrives)) return false;
  for (const { deviceId, epoch } of rows.filter(({ hasDrives }) => hasDrives)) {
    const custody = await loadCustody(tx, deviceId, epoch);
    if (acceptedCertificate(custody, await readPolicy(tx, custody.policyDigest)) === null) return false;
  }
  return true;
}
