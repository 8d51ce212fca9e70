/** What stops wipes, and the policy, for people. */
import { isDeepStrictEqual } from 'node:util';
import type { HeldWipe, Hold, KillSwitch, PolicyInForce, WipeLimit } from '../client/decision-shapes.ts';
import type { Paint } from './paint.ts';
import { pairs, plain, shortened, table } from './table.ts';
import { localTime, spanText } from './time.ts';

export function killSwitchText({ on, changedBy, changedAt }: KillSwitch, paint: Paint): string {
  const state = on ? paint('bad', 'on: nothing destructive is sent') : paint('good', 'off');
  const since = `${localTime(changedAt)}, by ${changedBy}`;
  return pairs(
    [
      ['kill switch', state],
      ['since', since],
    ],
    paint,
  );
}

export function wipeLimitText(limit: WipeLimit, held: readonly HeldWipe[], paint: Paint): string {
  const { used, allowed, windowMs, usedToday, perDay, trippedAt, releasedAt, releasedBy } = limit;
  const state = limit.held
    ? paint('bad', 'reached: everything destructive waits until two people release it')
    : paint('good', 'not reached');
  const head = pairs(
    [
      ['wipe limit', state],
      ['used', `${used} of ${allowed} in ${spanText(windowMs)}, ${usedToday} of ${perDay} in 24 h`],
      ['reached last', localTime(trippedAt)],
      ['released last', releasedAt === null ? '–' : `${localTime(releasedAt)}, by ${releasedBy ?? '–'}`],
    ],
    paint,
  );
  return held.length === 0 ? `${head}\nNo wipe is held.\n` : `${head}\n${heldTable(held, paint)}`;
}

export function heldTable(held: readonly HeldWipe[], paint: Paint): string {
  const rows = held.map(({ serial, deviceId, caseId, codes, since }) => [
    plain(serial),
    deviceId,
    caseId,
    codes.join(', '),
    localTime(since),
  ]);
  return table(['held wipe', 'device', 'case', 'by', 'since'], rows, paint);
}

export function holdListText(holds: readonly Hold[], paint: Paint): string {
  const rows = holds.map(({ id, kind, personId, deviceId, reason, placedBy, placedAt, liftedAt }) => [
    id,
    kind,
    personId ?? deviceId ?? '–',
    plain(shortened(reason, 60)),
    placedBy,
    localTime(placedAt),
    liftedAt === null ? paint('wait', 'in force') : `lifted ${localTime(liftedAt)}`,
  ]);
  return table(['hold', 'kind', 'on', 'reason', 'placed by', 'placed', 'state'], rows, paint);
}

export function policyText(policy: PolicyInForce, paint: Paint): string {
  const head = pairs(
    [
      ['in force', policy.digest],
      ['since', localTime(policy.since)],
      ['proposed', policy.proposed ?? 'nothing else: the configuration says the same'],
    ],
    paint,
  );
  const settings = [...settingsOf(policy.policy)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    head,
    table(['setting', 'in force'], settings, paint),
    ...(policy.proposedPolicy === null ? [] : [policyChanges(policy, paint)]),
  ].join('\n');
}

/** Every setting that the proposed policy has otherwise. */
export function policyChanges({ policy, proposedPolicy }: PolicyInForce, paint: Paint): string {
  const [now, then] = [settingsOf(policy), settingsOf(proposedPolicy ?? policy)];
  const rows = [...new Set([...now.keys(), ...then.keys()])]
    .filter((key) => !isDeepStrictEqual(now.get(key), then.get(key)))
    .map((key) => [key, now.get(key) ?? '–', then.get(key) ?? '–']);
  return table(['setting that changes', 'in force', 'proposed'], rows, paint);
}

/** `wipe.due` → `5d`: keys as the configuration has them. */
function settingsOf(policy: object, prefix = ''): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of Object.entries(policy) as readonly (readonly [string, unknown])[]) {
    const key = `${prefix}${name.replace(/Ms$/u, '')}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, text] of settingsOf(value, `${key}.`)) settings.set(inner, text);
    else settings.set(key, settingText(name, value));
  }
  return settings;
}

function settingText(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('Ms')) return spanText(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null))
    return (
      value.map((one) => [...settingsOf(one)].map((pair) => pair.join(' ')).join(' ')).join('; ') || 'none'
    );
  return typeof value === 'string' ? plain(value) : JSON.stringify(value);
}
