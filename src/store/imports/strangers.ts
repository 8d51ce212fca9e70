/**
 * Serials that a vendor's interface names and that nobody handed over: beside the line in the queue, an exception of the pickup
 * that was asked about. It ends with the last such line that somebody decides.
 */
import { sql } from 'kysely';
import { pickupStream } from '../../domain/fact.ts';
import type { UnitOf, VendorList } from '../../domain/vendor-lines.ts';
import type { Tx } from '../database.ts';
import { resolveException } from '../exceptions.ts';
import { derivedId } from '../ids.ts';
import { openPickupException } from '../pickups.ts';

interface Stranger {
  readonly serial: string;
  readonly unit: UnitOf[VendorList];
}

function codeOf(list: VendorList): string {
  const code = {
    receipt: 'receipt-unmatched',
    certificate: 'certificate-unmatched',
    disposition: 'disposition-unmatched',
  }[list];
  return code;
}

/** One exception for each: the same one again changes nothing. The caller holds the pickup's row. */
export async function flagStrangers(
  tx: Tx,
  list: VendorList,
  pickupId: string,
  dueAt: Date,
  now: Date,
): Promise<void> {
  const { rows } = await sql<Stranger>`
    select serial, unit from import_staging where outcome = 'unmatched' order by line`.execute(tx);
  for (const stranger of rows) {
    const found = { code: codeOf(list), ...wordsOf(stranger), deviceId: null };
    await openPickupException(tx, pickupId, found, dueAt, now);
  }
}

/** What tells it from others, and what its owner needs to know. */
function wordsOf({ serial, unit }: Stranger): { readonly occurrence: string; readonly about: string } {
  if ('processedAt' in unit) {
    const { outcome, downstream, processedAt } = unit;
    // What is said later of the same serial is news.
    const occurrence = `${serial}:${outcome}:${downstream}:${processedAt}`;
    return { occurrence, about: `serial ${serial}; ${outcome}, ${downstream}` };
  }
  if (!('certificateId' in unit)) return { occurrence: serial, about: `serial ${serial}` };
  const { certificateId } = unit;
  return {
    occurrence: `${certificateId}:${serial}`,
    about: `certificate ${certificateId}, serial ${serial}`,
  };
}

/** A line that somebody decided: its exception ends, unless another line in the queue says the same of that serial. */
export async function settleStranger(
  tx: Tx,
  line: Stranger & { readonly import_id: string; readonly list: VendorList },
  { outcome, by }: { readonly outcome: 'linked' | 'dismissed'; readonly by: string },
  now: Date,
): Promise<void> {
  const { import_id: importId, list, serial, unit } = line;
  const { pickup_id: pickupId } = await tx
    .selectFrom('imports')
    .select('pickup_id')
    .where('id', '=', importId)
    .executeTakeFirstOrThrow();
  if (pickupId === null) return;
  const { occurrence, about } = wordsOf({ serial, unit });
  const others = await tx
    .selectFrom('import_lines')
    .innerJoin('imports', 'imports.id', 'import_lines.import_id')
    .select('import_lines.unit')
    .where('imports.pickup_id', '=', pickupId)
    .where('import_lines.list', '=', list)
    .where('import_lines.serial', '=', serial)
    .where('import_lines.outcome', '=', 'unmatched')
    .where('import_lines.decision', 'is', null)
    .execute();
  const isSaidAgain = others.some(
    (other) => other.unit !== null && wordsOf({ serial, unit: other.unit }).occurrence === occurrence,
  );
  if (isSaidAgain) return;
  const exceptionId = derivedId('exception', `${pickupStream(pickupId)}:0:${codeOf(list)}:${occurrence}`);
  await resolveException(tx, { exceptionId, outcome, reason: about, by }, now);
}
