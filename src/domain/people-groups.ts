/** Groups of people that a rule is about: by country, and by the name of a group that an import or HR gave them. */
import { leastOf } from './modes.ts';
import type { Mode } from './modes.ts';

/** What is known of a person, as far as groups go. */
export interface PersonTraits {
  /** ISO 3166-1, two capital letters; `null` = not known. */
  readonly country: string | null;
  /** `null` = in none. */
  readonly group: string | null;
}

/** Absent or `null`: everybody. Both given: whoever fits both. */
export interface PeopleSelector {
  readonly countries?: readonly string[] | null;
  readonly groups?: readonly string[] | null;
}

/** Whether the person is meant. Whose country is not known is in none. */
export function isMeant({ countries, groups }: PeopleSelector, { country, group }: PersonTraits): boolean {
  return (
    (!countries || (country !== null && countries.includes(country))) &&
    (!groups || (group !== null && groups.includes(group)))
  );
}

/** How far anything may go about the people of one line. */
export interface PeopleMode extends PeopleSelector {
  readonly mode: Mode;
}

/**
 * The mode of a person: the first line that means them. Whose country is not known may be meant by a line that names
 * countries: then the more careful one counts.
 *
 * @returns `enforce` where no line means them: the connectors' own modes decide.
 */
export function modeOfPerson(lines: readonly PeopleMode[], traits: PersonTraits): Mode {
  let mode: Mode = 'enforce';
  for (const line of lines) {
    if (isMeant(line, traits)) return leastOf(mode, line.mode);
    const mayBeMeant = traits.country === null && isMeant({ groups: line.groups ?? null }, traits);
    if (mayBeMeant) mode = leastOf(mode, line.mode);
  }
  return mode;
}
