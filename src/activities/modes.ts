/** How far a connector may go about a person: its own mode, and no further than the mode of the person's group. */
import type { Connected, ConnectorMode } from '../adapters/connectors.ts';
import { leastOf } from '../domain/modes.ts';
import { modeOfPerson } from '../domain/people-groups.ts';
import type { Reader } from '../store/database.ts';
import { readTraits } from '../store/person-traits.ts';
import type { EngineContext } from './context.ts';

export async function modeFor(
  { db, peopleModes }: Pick<EngineContext, 'db' | 'peopleModes'>,
  { mode }: Pick<Connected<unknown>, 'mode'>,
  personId: string | null,
  within: Reader = db,
): Promise<ConnectorMode> {
  // Most installations have no groups: then nothing is read.
  // Hardware without a person belongs to no group.
  if (personId === null || peopleModes.length === 0 || mode === 'observe') return mode;
  return leastOf(mode, modeOfPerson(peopleModes, await readTraits(within, personId)));
}
