/** Decisions of two people, for people: what exactly is decided comes first. */
import type { Decision, HeldWipe, PolicyInForce, Subject } from '../client/decision-shapes.ts';
import { heldTable, policyChanges } from './installation.ts';
import type { Paint, Tone } from './paint.ts';
import { pairs, plain, shortened, table } from './table.ts';
import { dueTime, localTime } from './time.ts';

const TONES: Readonly<Record<string, Tone>> = {
  requested: 'wait',
  approved: 'good',
  refused: 'bad',
  void: 'bad',
  expired: 'quiet',
  withdrawn: 'quiet',
};

/** As much of a reason or a digest as a table has room for; the decision itself shows all of it. */
const REASON = 60;
const DIGEST = 12;

export function decisionListText(decisions: readonly Decision[], now: Date, paint: Paint): string {
  const rows = decisions.map((decision) => [
    decision.id,
    decision.kind,
    subjectLine(decision.subject),
    decision.requestedBy,
    shortened(plain(decision.reason), REASON),
    decision.state === 'requested'
      ? dueTime(decision.expiresAt, now)
      : paint(TONES[decision.state] ?? 'quiet', decision.state),
  ]);
  return table(['decision', 'kind', 'what exactly', 'asked by', 'reason', 'expires'], rows, paint);
}

/** What else there is to look at before somebody decides. */
export interface InView {
  /** The wipes that are held now, of a release of the wipe limit. */
  readonly held: readonly HeldWipe[] | null;
  /** The policy in force and the proposed one, of a change of the policy. */
  readonly policy: PolicyInForce | null;
}

export function decisionText(decision: Decision, inView: InView, now: Date, paint: Paint): string {
  const { state, subject, requestedBy, requestedAt, decidedBy, decidedAt } = decision;
  const head = pairs(
    [
      ['decision', paint('strong', decision.id)],
      ['kind', decision.kind],
      ['what exactly', paint('strong', subjectLine(subject))],
      ...subjectPairs(decision),
      ['reason', plain(decision.reason)],
      ['asked', `by ${requestedBy}, ${localTime(requestedAt)}`],
      ['state', paint(TONES[state] ?? 'quiet', state)],
      state === 'requested'
        ? ['expires', dueTime(decision.expiresAt, now)]
        : ['decided', decidedAt === null ? '–' : `by ${decidedBy ?? '–'}, ${localTime(decidedAt)}`],
      ['bound by', `${decision.subjectHash} (SHA-256)`],
    ],
    paint,
  );
  return [head, ...viewed(subject, inView, paint)].join('\n');
}

/** Exactly what is decided, in a line. */
export function subjectLine(subject: Subject): string {
  switch (subject.kind) {
    case 'approve-wipe':
      return `wipe ${plain(subject.serial)}, once (attempt ${subject.attempt})`;
    case 'approve-mismatch':
      return `${plain(subject.serial)} is the leaver's although: ${subject.codes.join(', ')}`;
    case 'vendor-sanitises':
      return `${plain(subject.serial)} leaves sealed, with its data, for the vendor to sanitise`;
    case 'declare-lost':
      return `${plain(subject.serial)} will not come back`;
    case 'change-route': {
      const review = subject.reviewAt === null ? '' : `, review ${localTime(subject.reviewAt)}`;
      return `${plain(subject.serial)}: route ${subject.from} → ${subject.to}${review}`;
    }
    case 'waive-gate':
      return `${subject.gate} of ${idOf(subject.stream)} without evidence, until ${localTime(subject.expiresAt)}`;
    case 'release-wipe-limit':
      return `release the wipe limit, ${counted(subject.held.length, 'held wipe')}`;
    case 'kill-switch-off':
      return `kill switch off (on since ${localTime(subject.since)})`;
    case 'change-policy':
      return `policy for new cases ${brief(subject.from)} → ${brief(subject.to)}`;
    case 'erase-person':
      return `erase ${subject.personId}, for good`;
    case 'move-policy':
      return `${subject.caseId}: policy ${brief(subject.from)} → ${brief(subject.to)}`;
  }
}

function subjectPairs({ subject, caseId, deviceId }: Decision): readonly (readonly [string, string])[] {
  const about = [
    ...(deviceId === null ? [] : [['device', deviceId] as const]),
    ...(caseId === null ? [] : [['case', caseId] as const]),
  ];
  switch (subject.kind) {
    case 'approve-wipe':
      return [...about, ['record', `${plain(subject.mdmId)} (of the device manager)`]];
    case 'approve-mismatch':
      return [...about, ...subject.others.map(nameOfOther)];
    case 'release-wipe-limit':
      return [['reached', localTime(subject.trippedAt)]];
    case 'change-policy':
    case 'move-policy':
      return [...about, ['from', subject.from], ['to', subject.to]];
    default:
      return about;
  }
}

function nameOfOther({ connector, other }: { readonly connector: string; readonly other: string }) {
  return ['also named', `${plain(other)} (by ${connector})`] as const;
}

/** What both are to have looked at: held wipes one by one, and every setting that changes. */
function viewed(subject: Subject, { held, policy }: InView, paint: Paint): readonly string[] {
  if (subject.kind === 'release-wipe-limit') {
    const now = new Map((held ?? []).map((wipe) => [wipe.deviceId, wipe]));
    const gone = subject.held.filter(({ deviceId }) => !now.has(deviceId)).map(({ deviceId }) => deviceId);
    const asked = new Set(subject.held.map(({ deviceId }) => deviceId));
    const added = (held ?? []).filter(({ deviceId }) => !asked.has(deviceId));
    return [
      heldTable(
        subject.held.flatMap(({ deviceId }) => now.get(deviceId) ?? []),
        paint,
      ),
      ...(gone.length + added.length === 0 ? [] : [changedSince(gone, added, paint)]),
    ];
  }
  if (subject.kind === 'change-policy' && policy?.proposed === subject.to)
    return [policyChanges(policy, paint)];
  return [];
}

function changedSince(gone: readonly string[], added: readonly HeldWipe[], paint: Paint): string {
  const said = [
    ...(added.length === 0 ? [] : [`held since: ${added.map(({ deviceId }) => deviceId).join(', ')}`]),
    ...(gone.length === 0 ? [] : [`held no more: ${gone.join(', ')}`]),
  ];
  return paint('bad', `The list has changed since this was asked (${said.join('; ')}): ask for it again.\n`);
}

function idOf(stream: string): string {
  return stream.slice(stream.indexOf(':') + 1);
}

function brief(digest: string): string {
  return digest.slice(0, DIGEST);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
