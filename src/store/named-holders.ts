/** Whom sources named as holder of a device instead of the leaver: at discovery, and when the guard last refused. */
import type { CustodyState } from '../domain/custody-state.ts';
import type { NamedHolder } from '../domain/fact-parts.ts';
import { normaliseSerial } from '../domain/serial.ts';
import type { Reader } from './database.ts';
import { loadCase } from './rule-facts.ts';

/** By the sources' own ids of people, in a stable order. */
export async function othersNamed(db: Reader, custody: CustodyState): Promise<readonly NamedHolder[]> {
  const { caseId, generation, serial } = custody.opened.data;
  const state = await loadCase(db, caseId, generation);
  const others = new Map<string, NamedHolder>();
  const answered = [...state.answers.values(), ...state.lookUps.values()];
  for (const { data } of answered) {
    for (const sighting of data.sightings) {
      if (sighting.heldBySubject || sighting.holderExternalId === null) continue;
      if (normaliseSerial(sighting.serial) !== normaliseSerial(serial)) continue;
      const one = { connector: data.connector, other: sighting.holderExternalId };
      others.set(`${one.connector}\n${one.other}`, one);
    }
  }
  for (const one of custody.wipes.at(-1)?.refused?.data.others ?? [])
    others.set(`${one.connector}\n${one.other}`, one);
  return [...others].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
