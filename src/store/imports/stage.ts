/** Lines of a file on their way in: gathered in a table of the transaction, so that however many there are, few are in memory. */
import { sql } from 'kysely';
import type { UnitOf, VendorList } from '../../domain/vendor-lines.ts';
import type { Tx } from '../database.ts';
import { jsonTexts } from '../texts-parameter.ts';
import { eachAbreast } from './abreast.ts';

export type StagedLine =
  | {
      readonly kind: 'unit';
      readonly line: number;
      readonly unit: UnitOf[VendorList];
      readonly digest: string;
      /** The pickup that the line itself names; it tells two devices of one serial apart. */
      readonly pickupId?: string;
    }
  | { readonly kind: 'duplicate'; readonly line: number; readonly ofLine: number; readonly serial: string };

/** Some of the staged lines, by their numbers. */
export interface LineRange {
  readonly after: number;
  readonly last: number;
}

/** Lines in one statement. */
const BATCH = 1_000;

/** @returns How many lines there are. */
export async function stageLines(tx: Tx, lines: AsyncIterable<StagedLine>): Promise<number> {
  await sql`
    create temporary table import_staging (
      line integer primary key, serial text not null, digest text not null, unit jsonb, of_line integer, named text,
      outcome text, pickup_id text, device_id text, epoch integer
    ) on commit drop`.execute(tx);
  let count = 0;
  async function* counted(): AsyncGenerator<readonly StagedLine[]> {
    for await (const batch of batchesOf(lines)) {
      count += batch.length;
      yield batch;
    }
  }
  await eachAbreast(2, counted(), (batch) => insert(tx, batch));
  await sql`analyze import_staging`.execute(tx);
  return count;
}

async function* batchesOf(lines: AsyncIterable<StagedLine>): AsyncGenerator<readonly StagedLine[]> {
  let batch: StagedLine[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function insert(tx: Tx, batch: readonly StagedLine[]): Promise<void> {
  const serials = batch.map((one) => (one.kind === 'unit' ? one.unit.serial : one.serial));
  const digests = batch.map((one) => (one.kind === 'unit' ? one.digest : ''));
  const units = batch.map((one) => (one.kind === 'unit' ? JSON.stringify(one.unit) : 'null'));
  const ofLines = batch.map((one) => (one.kind === 'unit' ? null : one.ofLine));
  const named = batch.map((one) => (one.kind === 'unit' ? (one.pickupId ?? null) : null));
  await sql`
    insert into import_staging (line, serial, digest, unit, of_line, named)
    select line, serial, digest, nullif(unit, 'null')::jsonb, of_line, named
    from unnest(${batch.map((one) => one.line)}::int[], ${serials}::text[], ${digests}::text[], ${jsonTexts(units)}, ${ofLines}::int[], ${named}::text[])
      as given (line, serial, digest, unit, of_line, named)`.execute(tx);
}

/** The number of the last staged line; 0: there is none. */
export async function lastStaged(tx: Tx): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`select max(line) as last from import_staging`.execute(
    tx,
  );
  return rows[0]?.last ?? 0;
}
