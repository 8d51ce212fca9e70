/** A person, for people whose work needs it. */
import type { PersonShown } from '../client/person-shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain } from './table.ts';
import { localTime } from './time.ts';

const WAITS: Readonly<Record<string, string>> = {
  'holds-unreadable': 'a source of legal holds does not answer',
  'delivery-not-read': 'a delivery that names the person is not read yet',
};

export function personText(person: PersonShown, paint: Paint): string {
  if (person.erasedAt !== null)
    return pairs(
      [
        ['person', paint('strong', person.id)],
        ['erased', `${localTime(person.erasedAt)}: who it was is not known any more`],
      ],
      paint,
    );
  const kept = [
    ...(person.hasAddress ? ['a postal address'] : []),
    ...(person.hasPrivateEmail ? ['a private address'] : []),
  ];
  return pairs(
    [
      ['person', paint('strong', person.id)],
      ['name', said(person.displayName)],
      ['work e-mail', said(person.workEmail)],
      ['employee number', said(person.employeeNumber)],
      ['country', said(person.country)],
      ['also kept', kept.length === 0 ? '–' : kept.join(', ')],
      ...person.accounts.map(
        ({ connector, externalId, state }) =>
          ['account', `${connector} ${plain(externalId)} (${state ?? 'state not told'})`] as const,
      ),
      ...erasurePairs(person),
    ],
    paint,
  );
}

function erasurePairs({ erasure }: PersonShown): readonly (readonly [string, string])[] {
  if (erasure === null || erasure.state === 'done') return [];
  const why = erasure.why === null ? '' : `: ${WAITS[erasure.why] ?? erasure.why}`;
  return [
    ['erasure', erasure.state === 'approved' ? `approved, under way${why}` : `was refused${why}`] as const,
  ];
}

function said(value: string | null): string {
  return value === null ? '–' : plain(value);
}
