/** What a disposal vendor is certified for, where it works and who gets material from it: recorded with the document itself. */
import type { FactData } from '../domain/fact-types.ts';
import { VENDORS_STREAM } from '../domain/fact.ts';
import { canonicalDigest } from '../ledger/canonical.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import type { DownstreamParty } from './schema-dock.ts';

export interface Certification {
  readonly id: string;
  readonly connector: string;
  /** Such as `R2v3`, `NAID AAA`, `e-Stewards`. */
  readonly scheme: string;
  readonly number: string;
  /** Calendar dates, both included. */
  readonly validFrom: string;
  readonly validUntil: string;
  readonly documentDigest: string;
}

export interface Facility {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly address: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly downstream: readonly DownstreamParty[];
}

export async function recordCertification(
  tx: Tx,
  certification: Certification,
  actor: string,
  now: Date,
): Promise<void> {
  const { id, connector, scheme, number, validFrom, validUntil, documentDigest } = certification;
  await tx
    .insertInto('vendor_certifications')
    .values({
      id,
      connector,
      scheme,
      number,
      valid_from: validFrom,
      valid_until: validUntil,
      document_digest: documentDigest,
      recorded_by: actor,
      recorded_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const data = { certificationId: id, connector, scheme, validFrom, validUntil, documentDigest };
  await appendFacts(
    tx,
    [
      {
        stream: VENDORS_STREAM,
        key: `vendor.certification-recorded:${id}`,
        type: 'vendor.certification-recorded',
        actor,
        data,
      },
    ],
    now,
  );
}

/** The latest one recorded is where units go from then on. */
export async function recordFacility(tx: Tx, facility: Facility, actor: string, now: Date): Promise<void> {
  const { id, connector, name, address, country, downstream } = facility;
  await tx
    .insertInto('vendor_facilities')
    .values({
      id,
      connector,
      name,
      address,
      country,
      downstream: JSON.stringify(downstream),
      recorded_by: actor,
      recorded_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const detailsDigest = canonicalDigest({ name, address, country, downstream });
  await appendFacts(
    tx,
    [
      {
        stream: VENDORS_STREAM,
        key: `vendor.facility-recorded:${id}`,
        type: 'vendor.facility-recorded',
        actor,
        data: { facilityId: id, connector, detailsDigest },
      },
    ],
    now,
  );
}

export async function certificationsOf(db: Reader, connector: string): Promise<readonly Certification[]> {
  return db
    .selectFrom('vendor_certifications')
    .select([
      'id',
      'connector',
      'scheme',
      'number',
      'valid_from as validFrom',
      'valid_until as validUntil',
      'document_digest as documentDigest',
    ])
    .where('connector', '=', connector)
    .orderBy('scheme')
    .orderBy('valid_until', 'desc')
    .orderBy('id')
    .execute();
}

/** The latest first. */
export async function facilitiesOf(db: Reader, connector: string): Promise<readonly Facility[]> {
  return db
    .selectFrom('vendor_facilities')
    .select(['id', 'connector', 'name', 'address', 'country', 'downstream'])
    .where('connector', '=', connector)
    .orderBy('recorded_at', 'desc')
    .orderBy('id')
    .execute();
}

type VendorDay = Pick<FactData['pickup.vendor-checked'], 'certifications' | 'lapsed' | 'facilityId'>;

/**
 * How a vendor stands on a day: of each scheme the certificate that is valid then, else the one that ran out last.
 *
 * @param day Calendar date.
 * @param required Schemes that the policy wants.
 */
export async function vendorOnDay(
  db: Reader,
  connector: string,
  day: string,
  required: readonly string[],
): Promise<VendorDay> {
  const [facility] = await facilitiesOf(db, connector);
  const { certifications, lapsed } = standingOn(await certificationsOf(db, connector), day, required);
  return { certifications, lapsed, facilityId: facility?.id ?? null };
}

/** The same over given certificates. Pure. */
export function standingOn(
  recorded: readonly Certification[],
  day: string,
  required: readonly string[],
): Pick<VendorDay, 'certifications' | 'lapsed'> {
  const isValid = (one: Certification): boolean => one.validFrom <= day && day <= one.validUntil;
  const byScheme = Map.groupBy(recorded, (one) => one.scheme);
  const chosen = [...byScheme.values()].flatMap((of) => {
    const latest = of.toSorted((a, b) => (a.validUntil < b.validUntil ? 1 : -1));
    return latest.find(isValid) ?? latest[0] ?? [];
  });
  const valid = new Set(chosen.filter(isValid).map((one) => one.scheme));
  const lapsed = [...new Set([...required, ...byScheme.keys()])].filter((scheme) => !valid.has(scheme));
  return {
    certifications: chosen.map((one) => ({
      certificationId: one.id,
      scheme: one.scheme,
      validFrom: one.validFrom,
      validUntil: one.validUntil,
      valid: isValid(one),
      documentDigest: one.documentDigest,
    })),
    lapsed: lapsed.toSorted(),
  };
}
