import type { Findings } from './book.ts';
import type { Estate } from './estate.ts';
import { BOOKS, DIRECTORY, MDM } from './ports.ts';

/** What the sources say of a serial, asked about that person. The device manager lists a person's own devices and no others. */
export function findingsOf(estate: Estate, person: string, serial: string): Findings {
  const leaver = new Set<string>();
  const others = new Set<string>();
  const ownerships = new Set<Findings['ownerships'] extends ReadonlySet<infer O> ? O : never>();
  if (estate.links.get(person)?.has(serial) === true) leaver.add(DIRECTORY);
  for (const record of estate.records.values()) {
    if (record.serial !== serial || record.holder !== person) continue;
    leaver.add(MDM);
    ownerships.add(record.ownership);
  }
  for (const { serial: its, holder, ownership } of estate.assets.values()) {
    if (its !== serial) continue;
    if (holder === person) leaver.add(BOOKS);
    else if (holder !== null) others.add(`${BOOKS}:${holder}`);
    if (ownership !== 'unknown') ownerships.add(ownership);
  }
  // The device manager alone says nothing of it: then nobody does.
  ownerships.delete('unknown');
  return { leaver, others, ownerships };
}
