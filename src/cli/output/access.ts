/** Who may use the API, as a table. */
import type { ActorAccess } from '../client/shapes.ts';
import type { Paint } from './paint.ts';
import { plain, table } from './table.ts';
import { relativeTime } from './time.ts';

export function accessListText(items: readonly ActorAccess[], now: Date, paint: Paint): string {
  return table(
    ['actor', 'kind', 'name', 'last seen', 'access'],
    items.map(({ actor, kind, displayName, lastSeenAt, revoked }) => [
      actor,
      kind,
      displayName === null ? '–' : plain(displayName),
      lastSeenAt === null ? 'never' : relativeTime(lastSeenAt, now),
      revoked === null
        ? 'as its roles'
        : `${paint('bad', 'revoked')} ${relativeTime(revoked.at, now)}: ${plain(revoked.reason)}`,
    ]),
    paint,
  );
}
