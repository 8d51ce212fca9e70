/** What an inventory had said of a device when its custody was opened. */
import type { CustodyState } from '../domain/custody-state.ts';
import type { Fact } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import type { Reader } from './database.ts';

/** Its sighting at discovery; `null`: it named none of that serial. */
export async function earlierWord(
  db: Reader,
  { opened }: CustodyState,
  connector: string,
): Promise<DeviceSighting | null> {
  const { caseId, generation, personId, serial, records } = opened.data;
  const record = records.find((one) => one.connector === connector);
  // Hardware without a person was asked of nobody.
  if (personId === null || record === undefined) return null;
  const at = `${caseId}:${generation}:${connector}`;
  const rows = await db
    .selectFrom('facts')
    .select('canonical')
    .where('key', 'in', [`source.answered:${at}`, `source.looked-up:${at}`])
    .execute();
  const sightings = rows.flatMap(({ canonical }) => {
    const { data } = JSON.parse(canonical) as Fact<'source.answered' | 'source.looked-up'>;
    return data.sightings;
  });
  return (
    sightings.find((one) => one.externalId === record.externalId) ??
    sightings.find((one) => normaliseSerial(one.serial) === normaliseSerial(serial)) ??
    null
  );
}
