/** A handover as its page shows it. */
import type { Fact } from '../../domain/fact.ts';
import type { Reader } from '../../store/database.ts';
import { leavingUnits } from '../../store/pickup-confirm.ts';
import { latestCount } from '../../store/pickup-count.ts';
import { SIDES, signaturesOf } from '../../store/pickup-signatures.ts';
import type { PickupRow } from '../../store/pickups.ts';

export async function handoverView(db: Reader, { id: pickupId, confirmed_at: confirmedAt }: PickupRow) {
  const { units, digest } = await leavingUnits(db, pickupId);
  const signatures = await signaturesOf(db, pickupId);
  const counting = signatures.filter((one) => one.leavingDigest === digest);
  const checked = await db
    .selectFrom('facts')
    .select('canonical')
    .where('key', '=', `pickup.vendor-checked:${pickupId}`)
    .executeTakeFirst();
  return {
    pickupId,
    confirmedAt,
    count: await latestCount(db, pickupId),
    leaving: { units: units.length, digest },
    signatures: signatures.map(({ leavingDigest, ...one }) => ({
      ...one,
      counts: leavingDigest === digest,
    })),
    missing: SIDES.filter((side) => !counting.some((one) => one.side === side)),
    vendor: checked === undefined ? null : vendorOf(checked.canonical),
  };
}

function vendorOf(canonical: string) {
  const { data } = JSON.parse(canonical) as Fact<'pickup.vendor-checked'>;
  const { day, lapsed, facilityId, certifications } = data;
  return { day, lapsed, facilityId, certifications };
}
