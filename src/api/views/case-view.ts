/** Puts a case together as its page shows it. */
import { caseStream, deviceStream } from '../../domain/fact.ts';
import { roundOf } from '../../domain/fact.ts';
import { REFUSALS } from '../../domain/guard.ts';
import type { Reader } from '../../store/database.ts';
import { readStreams } from '../../store/streams.ts';
import { ticketsIn } from '../../store/tickets.ts';
import type { CaseRow } from '../../store/read/cases.ts';
import { exceptionsOf } from '../../store/read/exceptions.ts';
import type { ApiDeps } from '../deps.ts';
import { caseHead } from '../shapes/cases.ts';
import { exceptionView } from '../shapes/exceptions.ts';
import { timelineView } from '../shapes/facts.ts';
import { ticketView } from '../shapes/tickets.ts';
import { milestones } from '../../domain/milestones.ts';
import { caseStanding } from './case-standing.ts';
import type { CustodyStanding } from './case-standing.ts';

export async function caseView(deps: ApiDeps, db: Reader, row: CaseRow, now: Date) {
  const standing = await caseStanding(deps, db, row, now);
  // The round of a fact of ours: this generation on the case's stream, the custody's epoch on a device's.
  const rounds = new Map([
    [caseStream(row.id), row.generation],
    ...standing.custodies.map(({ custody }) => [deviceStream(custody.deviceId), custody.epoch] as const),
  ]);
  const facts = [...(await readStreams(db, [...rounds.keys()])).values()].flat();
  const exceptions = await exceptionsOf(db, [...rounds.keys()]);
  const tickets = await ticketsIn(db, [...rounds.keys()]);
  const ours = facts.filter((fact) => (roundOf(fact) ?? rounds.get(fact.stream)) === rounds.get(fact.stream));
  return {
    ...caseHead(row),
    policyDigest: row.policy_digest,
    complete: standing.complete,
    blocked: standing.blocked,
    stuck: standing.stuck,
    gates: standing.gates,
    blockedBy: standing.blockedBy,
    custodies: standing.custodies.map(custodyView),
    exceptions: exceptions
      .filter((exception) => exception.round === rounds.get(exception.stream))
      .map(exceptionView),
    tickets: tickets.filter(({ stream, data }) => data.round === rounds.get(stream)).map(ticketView),
    milestones: milestones(standing),
    timeline: ours.map(timelineView).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}

function reportsOf({ disposed, reportedLate }: CustodyStanding['custody']) {
  return [disposed, ...reportedLate].flatMap((report) => {
    if (report === null) return [];
    const { pickupId, processedAt, outcome, downstream } = report.data;
    const afterClosure = report.type === 'disposition.reported-late';
    return [{ at: report.at, pickupId, processedAt, outcome, downstream, afterClosure }];
  });
}

function refusalOf({ wipes }: CustodyStanding['custody']) {
  const refused = wipes.at(-1)?.refused ?? null;
  if (refused === null) return null;
  const sentences: Readonly<Record<string, string>> = REFUSALS;
  const reasons = refused.data.codes.map((code) => ({ code, sentence: sentences[code] ?? code }));
  return { at: refused.at, reasons };
}

export function custodyView({ custody, gates, blockedBy }: CustodyStanding) {
  const { serial, platform, ownership, caseId } = custody.opened.data;
  const state = custody.cancelled !== null ? 'cancelled' : custody.closed !== null ? 'closed' : 'open';
  return {
    deviceId: custody.deviceId,
    epoch: custody.epoch,
    caseId,
    serial,
    platform,
    ownership,
    route: custody.route,
    reviewAt: custody.route === 'legal-retention' ? (custody.routeChanged?.data.reviewAt ?? null) : null,
    state,
    openedAt: custody.opened.at,
    closedAt: custody.closed?.at ?? custody.cancelled?.at ?? null,
    disposition: custody.closed?.data.disposition ?? null,
    reports: reportsOf(custody),
    holds: custody.holds.map(({ data, at }) => ({ id: data.holdId, kind: data.kind, since: at })),
    refusal: refusalOf(custody),
    gates,
    blockedBy,
  } as const;
}
