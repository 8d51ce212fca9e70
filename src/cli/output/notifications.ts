/** Messages, for people. */
import type { Notification } from '../client/shapes.ts';
import type { Paint, Tone } from './paint.ts';
import { plain, table } from './table.ts';
import { localTime } from './time.ts';

const TONES: Readonly<Record<string, Tone>> = {
  sent: 'good',
  queued: 'wait',
  sending: 'wait',
  failed: 'bad',
  unknown: 'bad',
};

export function notificationListText(items: readonly Notification[], paint: Paint): string {
  const rows = items.map(
    ({ id, kind, role, state, why, connector, language, caseId, deviceId, createdAt }) => [
      id,
      kind,
      plain(role),
      paint(TONES[state] ?? 'quiet', why === null ? state : `${state}: ${plain(why)}`),
      connector === null ? '–' : `${plain(connector)} (${language})`,
      deviceId ?? caseId,
      localTime(createdAt),
    ],
  );
  return table(['message', 'kind', 'to', 'state', 'by', 'about', 'queued'], rows, paint);
}
