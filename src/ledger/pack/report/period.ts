/** What the report of a period has beside the gates and certificates of its sample. */
import type { ReportContents } from '../build.ts';
import type { PeriodClaim } from '../period/derive.ts';
import type { Sheet } from './sheet.ts';
import type { Column } from './sheet.ts';
import { timeText } from './told.ts';

type Period = NonNullable<ReportContents['period']>;
type Row = readonly string[];

/** Lists go on in the files; a report is for looking through. */
const MOST_ROWS = 250;

/** The numbers that the first page opens with. */
export function periodPairs(claim: PeriodClaim): readonly (readonly [string, string])[] {
  return [
    ['period', `${claim.from} to ${claim.until}, ${claim.timeZone}`],
    [
      'population',
      `${claim.leavers} leavers by HR and identity providers; ${claim.cases} cases; sample of ${claim.sampled}`,
    ],
    [
      'exceptions',
      [
        `${claim.leaversWithoutCase} leavers without a case (why is said of ${claim.excluded})`,
        `${claim.leaversWithCancelledCasesOnly} leavers whose cases were all cancelled`,
        `${claim.casesWithoutLeaver} cases without a leaver`,
        `${claim.cancelled} cancelled`,
        `${claim.withoutDevices} without devices`,
        `${claim.devicesUnknown} whose devices are not known`,
        `${claim.unclear} accounts gone or deactivated without a clear date`,
        `${claim.breaches} missed deadlines`,
        `${claim.downtimes} gaps in operation`,
      ].join('; '),
    ],
    ['waivers', `${claim.waivers} gates let through without evidence`],
    [
      'not listed',
      claim.sourcesNotListed.length === 0
        ? 'every source listed its people'
        : `${claim.sourcesNotListed.join(', ')}: its leavers are by the record only`,
    ],
  ];
}

/** What must not be overlooked. */
export function periodWarnings(claim: PeriodClaim): readonly string[] {
  const { leaversWithoutCase, casesWithoutLeaver, waivers, breaches, sourcesNotListed } = claim;
  const lines: readonly (readonly [number, string])[] = [
    [waivers, `Waivers: ${waivers} gate(s) let through without evidence`],
    [leaversWithoutCase, `Exceptions: ${leaversWithoutCase} leaver(s) without a case`],
    [casesWithoutLeaver, `Exceptions: ${casesWithoutLeaver} case(s) without a leaver`],
    [breaches, `Exceptions: ${breaches} missed deadline(s), healed or not`],
    [sourcesNotListed.length, `Not listed: ${sourcesNotListed.join(', ')}`],
  ];
  return lines.flatMap(([count, line]) => (count > 0 ? [line] : []));
}

export function drawPeriod(sheet: Sheet, period: Period): void {
  drawPopulation(sheet, period);
  drawPairs(sheet, period);
  drawSample(sheet, period);
  drawTimes(sheet, period);
  drawDecided(sheet, period);
  drawChanges(sheet, period);
  drawAccess(sheet, period);
}

function drawPopulation(sheet: Sheet, { population, reconciliation }: Period): void {
  sheet.heading('Population');
  sheet.paragraph(
    'What sources listed is theirs to answer for; the ledger has had the digest of each list since it was drawn up. Cases stand on the facts in this pack.',
  );
  list(
    sheet,
    columns(['source', 0.16], ['asked', 0.34], ['when (UTC)', 0.18], ['accounts', 0.1], ['leavers', 0.22]),
    population.sources.map((source) => {
      const counts = reconciliation.sources.find(({ connector }) => connector === source.connector);
      return [
        `${source.connector} (${source.kind})`,
        source.outcome === 'listed' ? source.query : `${source.outcome}: ${source.query}`,
        source.finishedAt === null ? 'never' : timeText(source.finishedAt),
        String(source.accounts),
        `${counts?.live ?? 0} listed, ${counts?.recorded ?? 0} recorded; ${counts?.withoutCase ?? 0} without a case`,
      ];
    }),
  );
}

function drawPairs(sheet: Sheet, { reconciliation: found, statements }: Period): void {
  sheet.heading('Leavers against cases');
  const why = (leaver: (typeof found.leaversWithoutCase)[number]): string =>
    statements.excluded.find(
      ({ connector, account, personId }) =>
        connector === leaver.connector && account === leaver.account && personId === leaver.personId,
    )?.reason ?? 'nothing is said';
  const leavers = [
    ...found.leaversWithoutCase.map((one) => ['no case', one, why(one)] as const),
    ...found.leaversWithCancelledCasesOnly.map((one) => ['cancelled cases only', one, ''] as const),
    ...found.unclear.map((one) => ['deactivated, unclear', one, ''] as const),
    ...found.undated.map((one) => ['gone, no date', one, ''] as const),
  ];
  sheet.subheading('Leavers that do not pair off');
  list(
    sheet,
    columns(
      ['what', 0.18],
      ['source', 0.14],
      ['who', 0.32],
      ['left (UTC)', 0.18],
      ['the operator says', 0.18],
    ),
    leavers.map(([what, one, reason]) => [
      what,
      `${one.connector}, ${one.basis}`,
      one.personId ?? one.account ?? '',
      one.leftAt === null ? '' : timeText(one.leftAt),
      reason,
    ]),
  );
  sheet.subheading('Cases that do not pair off, and those without devices');
  const cases = [
    ...found.casesWithoutLeaver.map((one) => ['no leaver', one, ''] as const),
    ...found.cancelled.map((one) => ['cancelled', one, one.reason ?? ''] as const),
    ...found.withoutDevices.map((one) => ['no devices', one, ''] as const),
    ...found.devicesUnknown.map((one) => ['devices not known', one, ''] as const),
    ...found.outsidePeriod.map(
      (one) => ['leave outside the period', one, timeText(one.effectiveAt)] as const,
    ),
  ];
  list(
    sheet,
    columns(['what', 0.24], ['case', 0.46], ['generation', 0.12], ['detail', 0.18]),
    cases.map(([what, one, detail]) => [what, one.caseId, String(one.generation), detail]),
  );
}

function drawSample(sheet: Sheet, { sample, times }: Period): void {
  sheet.heading('Sample');
  sheet.paragraph(
    `${sample.cases.length} of ${sample.frame} cases, in the order of SHA-256 over seed, line feed and case id; seed "${sample.seed}", chosen by ${sample.seedBy === 'caller' ? 'whoever asked for this pack' : 'Handback'}. audit/sample.json has the ranks.`,
  );
  list(
    sheet,
    columns(
      ['case', 0.32],
      ['access secured', 0.17],
      ['data secured', 0.17],
      ['recovered', 0.17],
      ['closed', 0.17],
    ),
    times.sampled.map(({ caseId, generation, milestones }) => [
      `${caseId} (${generation})`,
      ...[milestones.accessSecured, milestones.dataSecured, milestones.recovered, milestones.closed].map(
        (at) => (at === null ? 'not yet' : timeText(at)),
      ),
    ]),
  );
}

function drawTimes(sheet: Sheet, { times }: Period): void {
  sheet.heading('Times against the policy then in force');
  const late = times.sampled.flatMap(({ caseId, gates, devices }) => [
    ...gates.map((gate) => [caseId, gate] as const),
    ...devices.flatMap((device) => device.gates.map((gate) => [device.deviceId, gate] as const)),
  ]);
  const rows = late.filter(([, gate]) => gate.late);
  sheet.paragraph(
    `Of the sample, ${rows.length} of ${late.length} gates were late. audit/times.json has all of them with their events.`,
  );
  list(
    sheet,
    columns(['about', 0.34], ['gate', 0.18], ['state', 0.14], ['due (UTC)', 0.17], ['since (UTC)', 0.17]),
    rows.map(([about, gate]) => [
      about,
      gate.gate,
      gate.state,
      gate.dueAt === null ? '' : timeText(gate.dueAt),
      timeText(gate.since),
    ]),
  );
  sheet.subheading('Missed deadlines of all cases, healed or not');
  list(
    sheet,
    columns(['about', 0.36], ['what', 0.12], ['whose', 0.16], ['due (UTC)', 0.18], ['event', 0.18]),
    times.breaches.map((one) => [one.stream, one.trigger, one.owner, timeText(one.dueAt), event(one.event)]),
  );
}

function drawDecided(sheet: Sheet, { decisions }: Period): void {
  sheet.heading('Waivers');
  list(
    sheet,
    columns(
      ['gate', 0.16],
      ['about', 0.32],
      ['age', 0.1],
      ['until (UTC)', 0.18],
      ['asked and approved by', 0.24],
    ),
    decisions.waivers.map((one) => [
      one.gate,
      one.stream,
      `${one.ageDays} d${one.expired ? ', over' : ''}`,
      timeText(one.expiresAt),
      `${one.requested?.actor ?? ''}, ${one.approved.actor}`,
    ]),
  );
  sheet.heading('Decisions of two people, with their roles at that time');
  list(
    sheet,
    columns(['what', 0.16], ['about', 0.28], ['asked by', 0.22], ['decided by', 0.22], ['outcome', 0.12]),
    decisions.decisions.map(({ kind, stream, requested, decided }) => [
      kind,
      stream,
      requested === null ? '' : `${requested.actor}: ${rolesText(requested)}`,
      decided === null ? '' : `${decided.actor}: ${rolesText(decided)}`,
      decided?.outcome ?? 'open',
    ]),
  );
}

function rolesText({
  roles,
  rolesFrom,
}: {
  readonly roles: readonly string[];
  readonly rolesFrom: string;
}): string {
  return rolesFrom === 'not-recorded' ? 'roles not recorded' : roles.join(', ');
}

function drawChanges(sheet: Sheet, { changes, downtime }: Period): void {
  sheet.heading('Changes to policy, limits, mappings, configuration and code');
  sheet.paragraph(since('These are recorded', changes.recordedSince));
  list(sheet, columns(['when (UTC)', 0.18], ['what', 0.16], ['detail', 0.54], ['event', 0.12]), [
    ...changes.atStart.map((one) => [`before: ${timeText(one.at)}`, one.what, one.detail, event(one.event)]),
    ...changes.inPeriod.map((one) => [timeText(one.at), one.what, one.detail, event(one.event)]),
  ]);
  sheet.heading('Gaps in operation');
  sheet.paragraph(since('Silence is noticed', downtime.recordedSince));
  list(
    sheet,
    columns(['part', 0.28], ['from (UTC)', 0.2], ['until (UTC)', 0.2], ['how long', 0.2], ['event', 0.12]),
    downtime.gaps.map((one) => [
      one.part,
      timeText(one.from),
      timeText(one.until),
      `${Math.round(one.seconds / 60)} min${one.code === null ? '' : ` (${one.code})`}`,
      event(one.event),
    ]),
  );
}

function drawAccess(sheet: Sheet, { access, statements }: Period): void {
  sheet.heading('Who could use Handback, and which keys signed');
  sheet.paragraph(since('Who asks for something is recorded', access.recordedSince));
  list(
    sheet,
    columns(['actor', 0.36], ['kind', 0.12], ['roles', 0.34], ['since (UTC)', 0.18]),
    access.actors.flatMap(({ actor, kind, seen, changes }) => [
      ...seen.map((one) => [actor, kind, one.roles.join(', '), timeText(one.since)]),
      ...changes.map((one) => [actor, kind, `${one.what} by ${one.by}`, timeText(one.at)]),
    ]),
  );
  list(
    sheet,
    columns(['from (UTC)', 0.18], ['let in by the configuration', 0.82]),
    access.configured.map(({ at, tokens, signIn }) => [
      timeText(at),
      [
        ...tokens.map(({ id, roles }) => `token ${id}: ${roles.join(', ')}`),
        signIn === null ? 'no sign-in by an issuer' : `sign-in by an issuer, mapping ${signIn.slice(0, 16)}`,
      ].join('; '),
    ]),
  );
  list(
    sheet,
    columns(['from (UTC)', 0.18], ['key that signs checkpoints', 0.41], ['key that signs packs', 0.41]),
    access.keys.map(({ at, checkpoints, packs }) => [
      timeText(at),
      checkpoints.sign.join(', '),
      packs.sign.join(', '),
    ]),
  );
  sheet.paragraph(
    `The operator states: ${statements.actors.length} actors were ever seen; ${statements.checkpoints.signed} checkpoints were signed in the period; ${statements.retirements} cases of hardware without a person were opened in it. No fact in this pack proves that.`,
  );
}

function since(what: string, at: string | null): string {
  return at === null
    ? `${what} by later versions only: nothing is here, which does not mean that there was nothing.`
    : `${what} since ${timeText(at)} UTC.`;
}

function list(sheet: Sheet, shape: readonly Column[], rows: readonly Row[]): void {
  if (rows.length === 0) return sheet.paragraph('None.');
  sheet.table(shape, rows.slice(0, MOST_ROWS));
  if (rows.length > MOST_ROWS)
    sheet.paragraph(`… and ${rows.length - MOST_ROWS} more: all of them stand in the files under audit/.`);
}

function columns(...shape: readonly (readonly [title: string, share: number])[]): readonly Column[] {
  return shape.map(([title, share]) => ({ title, share }));
}

function event(index: number | null): string {
  return index === null ? '' : `${index}.json`;
}
