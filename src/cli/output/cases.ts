/** Cases, for people. */
import type { CaseDetail, CaseSummary, Custody, Exception, Stuck } from '../client/shapes.ts';
import { blockedTable, gateCount, gateTable } from './gates.ts';
import type { Paint, Tone } from './paint.ts';
import { pairs, plain, table } from './table.ts';
import { dueTime, localTime } from './time.ts';

const TONES: Readonly<Record<string, Tone>> = {
  completed: 'good',
  'completed-with-waivers': 'good',
  open: 'wait',
  cancelled: 'quiet',
  scheduled: 'quiet',
};

export function caseListText(cases: readonly CaseSummary[], now: Date, paint: Paint): string {
  const rows = cases.map(({ id, state, personId, effectiveAt, devices, gates, dueAt }) => [
    id,
    paint(TONES[state] ?? 'quiet', state),
    personId ?? '–',
    localTime(effectiveAt),
    String(devices.length),
    gateCount([gates, ...devices.map((device) => device.gates)]),
    dueTime(dueAt, now),
  ]);
  return table(['case', 'state', 'person', 'leaves', 'devices', 'gates', 'next deadline'], rows, paint);
}

export function caseText(found: CaseDetail, now: Date, paint: Paint): string {
  const { id, state, blocked, stuck, personId, generation } = found;
  const flags = [
    ...(stuck ? [paint('bad', 'stuck')] : []),
    ...(blocked ? [paint('bad', 'blocked: waits for a decision')] : []),
  ];
  const head = pairs(
    [
      ['case', paint('strong', id) + (generation > 1 ? ` (generation ${generation})` : '')],
      ['state', [paint(TONES[state] ?? 'quiet', state), ...flags].join(', ')],
      ['person', personId ?? '–'],
      ['source', plain(found.source)],
      ['leaves', `${localTime(found.effectiveAt)}${found.late ? ' (we were told late)' : ''}`],
      ['opened', localTime(found.openedAt)],
      ['closed', localTime(found.closedAt)],
    ],
    paint,
  );
  return [
    head,
    gateTable(found.gates, paint),
    ...found.custodies.map((custody) => custodyText(custody, paint)),
    ...(found.exceptions.length === 0 ? [] : [exceptionListText(found.exceptions, now, paint)]),
    ...(found.blockedBy.length === 0 ? [] : [blockedTable(found.blockedBy, now, paint)]),
  ].join('\n');
}

/** One device of a case, with its gates. */
export function custodyText(custody: Custody, paint: Paint): string {
  const { deviceId, serial, platform, ownership, route, state, disposition } = custody;
  const about = [platform, ownership, `route ${route}`, disposition ?? state].join(', ');
  return `${paint('strong', plain(serial))} ${deviceId} (${about})\n${gateTable(custody.gates, paint)}`;
}

export function exceptionListText(exceptions: readonly Exception[], now: Date, paint: Paint): string {
  const rows = exceptions.map(({ id, code, owner, blocking, dueAt, outcome, caseId, deviceId, pickupId }) => [
    id,
    code,
    [caseId, deviceId, pickupId].filter((about) => about !== null).join(' '),
    owner,
    outcome === null
      ? blocking
        ? paint('bad', 'open, blocks')
        : paint('wait', 'open')
      : paint('good', plain(outcome)),
    outcome === null ? dueTime(dueAt, now) : '',
  ]);
  return table(['exception', 'code', 'about', 'owner', 'state', 'due'], rows, paint);
}

export function stuckText(items: readonly Stuck[], now: Date, paint: Paint): string {
  const rows = items.map(({ caseId, exceptionId, gate, deviceId, code, kind, owner, dueAt }) => [
    caseId ?? exceptionId ?? '–',
    gate ?? '–',
    deviceId ?? '–',
    code,
    kind,
    owner,
    dueTime(dueAt, now),
  ]);
  return table(['case', 'gate', 'device', 'blocked by', 'kind', 'whose move', 'due'], rows, paint);
}
