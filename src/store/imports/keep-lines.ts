/** What a file says, line for line, beside the facts that it comes to. */
import { sql } from 'kysely';
import type { VendorList } from '../../domain/vendor-lines.ts';
import type { Tx } from '../database.ts';
import { keepCertificates } from './certificates.ts';
import { lastStaged } from './stage.ts';
import type { LineRange } from './stage.ts';

/** Lines at a time: few, so that whoever shares the connection waits for few. */
const LINES = 400;

/** The import they belong to, which is kept already. */
export interface LinesOf {
  readonly importId: string;
  readonly connector: string;
  readonly list: VendorList;
  readonly origin: 'file' | 'entered' | 'vendor';
  readonly documentDigest: string;
  /** The pickup that the vendor's interface was asked about. */
  readonly askedFor: string | null;
}

/** All staged lines; of certificates also what they certify. */
export async function keepLines(tx: Tx, of: LinesOf, now: Date): Promise<void> {
  const end = await lastStaged(tx);
  for (let after = 0; after < end; after += LINES) {
    const range = { after, last: after + LINES };
    await keep(tx, of, range);
    if (of.list === 'certificate') await keepCertificates(tx, of, range, now);
  }
}

async function keep(
  tx: Tx,
  { importId, connector, list, origin }: LinesOf,
  { after, last }: LineRange,
): Promise<void> {
  await sql`
    insert into import_lines (import_id, line, connector, list, serial, digest, unit, outcome, of_line, pickup_id, device_id, epoch, origin)
    select ${importId}, line, ${connector}, ${list}, serial, digest, case when outcome in ('matched', 'unmatched') then unit end,
      outcome, of_line, pickup_id, device_id, epoch, ${origin}
    from import_staging where line > ${after} and line <= ${last}`.execute(tx);
}
