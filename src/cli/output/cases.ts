/** Cases, for people. */
import type { Decision, Hold } from '../client/decision-shapes.ts';
import type { CaseDetail, CaseSummary, Custody, Exception, Stuck, Ticket } from '../client/shapes.ts';
import { decisionListText } from './decisions.ts';
import { blockedTable, gateCount, gateTable } from './gates.ts';
import { holdListText } from './installation.ts';
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

/** What people decided, or are to decide, about what is shown; `null` where the role may not see it. */
export interface Decided {
  readonly decisions: readonly Decision[] | null;
  /** On the person: they come with every custody that opens. */
  readonly holds: readonly Hold[];
}

export function caseText(found: CaseDetail, { decisions, holds }: Decided, now: Date, paint: Paint): string {
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
    ...(holds.length === 0 ? [] : [holdListText(holds, paint)]),
    ...(found.exceptions.length === 0 ? [] : [exceptionListText(found.exceptions, now, paint)]),
    ...(found.tickets.length === 0 ? [] : [ticketListText(found.tickets, paint)]),
    ...openDecisions(decisions, now, paint),
    ...(found.blockedBy.length === 0 ? [] : [blockedTable(found.blockedBy, now, paint)]),
  ].join('\n');
}

/** What waits for a second person, if anything does. */
export function openDecisions(
  decisions: readonly Decision[] | null,
  now: Date,
  paint: Paint,
): readonly string[] {
  return decisions === null || decisions.length === 0 ? [] : [decisionListText(decisions, now, paint)];
}

/** One device of a case: where it is going, what holds it, what the guard said, and its gates. */
export function custodyText(custody: Custody, paint: Paint): string {
  const { deviceId, serial, platform, ownership, state, disposition, holds, refusal } = custody;
  const about = [platform, ownership, routeText(custody), disposition ?? state].join(', ');
  const held = holds.map(({ id, kind, since }) =>
    paint('wait', `on hold: ${kind} (${id}), since ${localTime(since)}`),
  );
  const refused = (refusal?.reasons ?? []).map(
    ({ code, sentence }) => `${paint('bad', `wipe refused: ${code}`)}. ${sentence}`,
  );
  const reported = custody.reports.map(({ at, outcome, downstream, afterClosure }) => {
    const where = downstream === 'unknown' ? '' : `, ${downstream}`;
    return `the vendor reports: ${outcome}${where} (${localTime(at)}${afterClosure ? ', after the closure' : ''})`;
  });
  const head = `${paint('strong', plain(serial))} ${deviceId} (${about})`;
  return `${[head, ...held, ...refused, ...reported].join('\n')}\n${gateTable(custody.gates, paint)}`;
}

function routeText({ route, reviewAt }: Custody): string {
  return reviewAt === null ? `route ${route}` : `route ${route} until its review ${localTime(reviewAt)}`;
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

export function ticketListText(tickets: readonly Ticket[], paint: Paint): string {
  const rows = tickets.map(({ exceptionId, system, ticket, url, linkedAt }) => [
    plain(ticket),
    plain(system),
    exceptionId ?? 'the case',
    plain(url),
    localTime(linkedAt),
  ]);
  return table(['ticket', 'system', 'about', 'address', 'linked'], rows, paint);
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
