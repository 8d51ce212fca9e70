/** Whether documents can be had from where they lie. Nothing is written: that a bucket takes them shows by how many wait. */
import { sql } from 'kysely';
import type { Config } from '../../../config/load.ts';
import { documentPlace } from '../../../outside/document-bucket.ts';
import { openDatabase } from '../../../store/database.ts';
import type { Database } from '../../../store/database.ts';
import type { DocumentPlace } from '../../../store/document-place.ts';
import { readDocument } from '../../../store/documents.ts';
import { reasonOf } from '../../errors.ts';
import type { Check } from './check.ts';

/** A worker takes new ones to the bucket within moments; what is older than this waits for something. */
const MOVED_WITHIN = '15 minutes';

/** Of no document: a place that answers has nothing there. */
const ABSENT = '0'.repeat(64);

const NAME = 'documents';

export async function checkDocuments(config: Config): Promise<readonly Check[]> {
  const place = documentPlace(config.documents);
  const { url } = config.database;
  if (url === undefined) return [];
  const db = openDatabase(url, { connections: 1 });
  try {
    return [await look(db, place)];
  } catch (error) {
    const where = place === null ? 'the database' : place.name;
    return [{ name: NAME, standing: 'failed', detail: `cannot be read from ${where} (${reasonOf(error)})` }];
  } finally {
    await db.destroy();
  }
}

interface Standing {
  readonly elsewhere: string | null;
  readonly newest: string | null;
  readonly waiting: number;
}

/** The newest one is read whole and held against its digest. */
async function look(db: Database, place: DocumentPlace | null): Promise<Check> {
  const here = place?.name ?? null;
  const { elsewhere, newest, waiting } = await standingOf(db, here);
  if (elsewhere !== null) {
    const detail = `some lie in ${elsewhere}, which is not configured: set documents.bucket to it`;
    return { name: NAME, standing: 'failed', detail };
  }
  if (newest !== null) await readDocument(db, place, newest);
  else await place?.get(ABSENT);
  if (place === null) return { name: NAME, standing: 'ok', detail: 'in the database' };
  if (waiting > 0) {
    const detail = `${waiting} wait in the database for longer than ${MOVED_WITHIN}: no worker runs, or ${place.name} takes none`;
    return { name: NAME, standing: 'warning', detail };
  }
  const found = newest === null ? 'answers; none lies there yet' : 'has the newest one as it was received';
  return { name: NAME, standing: 'ok', detail: `${place.name} ${found}` };
}

/** @param here Name of the configured place; `null`: the database itself. */
async function standingOf(db: Database, here: string | null): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select
      (select min(place) from documents where place is distinct from ${here}::text and place is not null) as elsewhere,
      (select digest from documents where place is not distinct from ${here}::text order by received_at desc limit 1) as newest,
      (
        select count(*) from documents
        where ${here}::text is not null and place is null and received_at < now() - ${MOVED_WITHIN}::interval
      ) as waiting`.execute(db);
  return rows[0] ?? { elsewhere: null, newest: null, waiting: 0 };
}
