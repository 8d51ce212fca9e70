/** Certificates and the drives they name, as rows beside the facts: with names, which facts never hold. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { LineRange } from './stage.ts';

interface CertificatesOf {
  readonly connector: string;
  readonly documentDigest: string;
  readonly askedFor: string | null;
}

/**
 * Of the staged lines behind `after` up to `last` that are new, whether they matched or not. What matched nothing stands with
 * the pickup that was asked about.
 */
export async function keepCertificates(
  tx: Tx,
  { connector, documentDigest, askedFor }: CertificatesOf,
  { after, last }: LineRange,
  now: Date,
): Promise<void> {
  await sql`
    insert into certificates (connector, certificate_id, serial, pickup_id, document_digest, matched, line, imported_at)
    select ${connector}, unit ->> 'certificateId', serial, coalesce(pickup_id, ${askedFor}), ${documentDigest},
      outcome = 'matched', (unit - 'drives') || jsonb_build_object('pickupId', coalesce(pickup_id, ${askedFor}, '')), ${now}
    from import_staging where outcome in ('matched', 'unmatched') and line > ${after} and line <= ${last}
    on conflict (connector, certificate_id, serial) do update set
      pickup_id = excluded.pickup_id, document_digest = excluded.document_digest, matched = excluded.matched, line = excluded.line`.execute(
    tx,
  );
  await sql`
    insert into certificate_drives (connector, certificate_id, serial, drive_serial, model, outcome, level, method)
    select ${connector}, unit ->> 'certificateId', staged.serial, drive.serial, drive.model, drive.outcome, drive.level, drive.method
    from import_staging as staged
    cross join lateral jsonb_to_recordset(staged.unit -> 'drives')
      as drive (serial text, model text, outcome text, level text, method text)
    where staged.outcome in ('matched', 'unmatched') and staged.unit ? 'drives' and line > ${after} and line <= ${last}
    on conflict (connector, certificate_id, serial, drive_serial) do update set
      model = excluded.model, outcome = excluded.outcome, level = excluded.level, method = excluded.method`.execute(
    tx,
  );
}
