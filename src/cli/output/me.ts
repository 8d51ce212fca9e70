/** Who somebody is, for themselves. */
import type { Me } from '../client/shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain } from './table.ts';
import { localTime, relativeTime } from './time.ts';

export function signedInAs({ displayName, actor, roles }: Me): string {
  const name = displayName === null ? actor : `${plain(displayName)} (${actor})`;
  return `Signed in as ${name} with ${roles.join(', ')}`;
}

export function meText(me: Me, url: string, now: Date, paint: Paint): string {
  const { actor, kind, displayName, roles, vendorOf, expiresAt } = me;
  return pairs(
    [
      ['API', url],
      ...(displayName === null ? [] : [['name', plain(displayName)] as const]),
      ['actor', actor],
      ['kind', kind],
      ['roles', roles.join(', ')],
      ...(vendorOf.length === 0 ? [] : [['vendor of', vendorOf.join(', ')] as const]),
      [
        'token holds until',
        expiresAt === null ? 'it is taken out' : `${localTime(expiresAt)} (${relativeTime(expiresAt, now)})`,
      ],
    ],
    paint,
  );
}
