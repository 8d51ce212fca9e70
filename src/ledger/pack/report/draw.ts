/** `report.pdf`: the pack for people. A view and never the evidence: every line names the event that it was read from. */
import { isThrough } from '../../../domain/gates.ts';
import type { GateStatus } from '../../../domain/gates.ts';
import type { AnyFact } from '../../../domain/fact.ts';
import type { ReportContents } from '../build.ts';
import { drawAnswers } from './answers.ts';
import { drawFirstPage } from './first-page.ts';
import { CONTROLS } from './controls.ts';
import { drawPeriod } from './period.ts';
import { drawReports } from './reports.ts';
import { Sheet } from './sheet.ts';
import { caseStandings, custodyStandings } from './standings.ts';
import { decisionText, timeText } from './told.ts';

/** Draws the report. The same contents give the same bytes. */
export async function drawReport(contents: ReportContents): Promise<Uint8Array> {
  const { subject, exportedAt } = contents.manifest;
  const sheet = new Sheet(`Evidence of ${subject.kind} ${subject.id}`, new Date(exportedAt));
  const { period } = contents;
  drawFirstPage(sheet, contents);
  if (period !== undefined) drawPeriod(sheet, period);
  drawGates(sheet, contents);
  drawCertificates(sheet, contents);
  drawReports(sheet, contents);
  if (period === undefined) drawDecisions(sheet, contents);
  drawControls(sheet, contents);
  // Of a period it would be the events over again.
  if (period === undefined) drawTimeline(sheet, contents);
  return sheet.finish(
    `Evidence of ${subject.id} · exported ${timeText(exportedAt)} UTC · a view, not the evidence`,
  );
}

const GATES = [
  { title: 'gate', share: 0.17 },
  { title: 'state', share: 0.13 },
  { title: 'since (UTC)', share: 0.18 },
  { title: 'basis', share: 0.2 },
  { title: 'rests on', share: 0.32 },
] as const;

function drawGates(sheet: Sheet, contents: ReportContents): void {
  sheet.heading('Gates and their evidence');
  for (const { state, gates } of caseStandings(contents)) {
    sheet.subheading(`Case ${state.caseId}, generation ${state.generation}`);
    sheet.table(
      GATES,
      gates.map((gate) => gateRow(gate, contents)),
    );
  }
  for (const { state, gates } of custodyStandings(contents)) {
    const { serial, platform, ownership } = state.opened.data;
    sheet.subheading(
      `Device ${serial} (${platform}, ${ownership}), epoch ${state.epoch}, route ${state.route}`,
    );
    sheet.table(
      GATES,
      gates.map((gate) => gateRow(gate, contents)),
    );
    drawAnswers(sheet, gates, contents);
  }
}

function gateRow({ gate, state, since, basis, evidence }: GateStatus, { places }: ReportContents) {
  const events = evidence.map((key) => {
    const place = places.get(key);
    return place === undefined ? key : `events/${place}.json`;
  });
  return [gate, state, timeText(since), basis ?? '', events.join(', ')];
}

function drawCertificates(sheet: Sheet, contents: ReportContents): void {
  sheet.heading('Certificates, serial by serial');
  const rows = custodyStandings(contents).flatMap(({ state }) => [
    ...state.certificates.map(({ data, key }) => [
      state.opened.data.serial,
      data.certificateId,
      `${data.level}, ${data.method}`,
      `${data.outcome}, ${data.status}`,
      timeText(data.date),
      `${eventOf(key, contents)} document ${data.documentDigest.slice(0, 16)}`,
    ]),
    ...state.benchReports.map(({ data, key }) => [
      state.opened.data.serial,
      'report of our own bench',
      `${data.level}, ${data.method}, ${data.tool}`,
      data.outcome,
      timeText(data.date),
      `${eventOf(key, contents)} document ${data.documentDigest.slice(0, 16)}`,
    ]),
  ]);
  if (rows.length === 0) return sheet.paragraph('There is none in this pack.');
  sheet.table(
    [
      { title: 'serial', share: 0.16 },
      { title: 'certificate', share: 0.18 },
      { title: 'level and method', share: 0.19 },
      { title: 'outcome', share: 0.13 },
      { title: 'date (UTC)', share: 0.13 },
      { title: 'event', share: 0.21 },
    ],
    rows,
  );
}

function drawDecisions(sheet: Sheet, contents: ReportContents): void {
  sheet.heading('Who decided what');
  const rows = inOrder(contents).flatMap((fact) => {
    const text = decisionText(fact);
    return text === null
      ? []
      : [[timeText(fact.at), fact.actor, text, fact.stream, eventOf(fact.key, contents)]];
  });
  if (rows.length === 0) return sheet.paragraph('Nothing was decided by anybody.');
  sheet.table(
    [
      { title: 'when (UTC)', share: 0.17 },
      { title: 'who', share: 0.18 },
      { title: 'what', share: 0.34 },
      { title: 'about', share: 0.17 },
      { title: 'event', share: 0.14 },
    ],
    rows,
  );
}

function drawControls(sheet: Sheet, contents: ReportContents): void {
  const proven: ReadonlySet<string> = new Set(
    [...caseStandings(contents), ...custodyStandings(contents)]
      .flatMap(({ gates }) => gates)
      .filter(({ state, evidence }) => isThrough(state) && state !== 'waived' && evidence.length > 0)
      .map(({ gate }) => gate),
  );
  const rows = CONTROLS.flatMap(({ name, asks, answers }) => {
    const own = Object.entries(answers).filter(([gate]) => proven.has(gate));
    return own.length === 0
      ? []
      : [[name, asks, own.map(([gate, answer]) => `${answer} (${gate})`).join('; ')]];
  });
  sheet.heading('Controls that this evidence supports');
  sheet.paragraph(
    rows.length === 0
      ? 'No gate has evidence yet.'
      : 'The evidence in this pack supports an assessment of these controls. Whether they are met is for the assessor to say.',
  );
  if (rows.length > 0)
    sheet.table(
      [
        { title: 'control', share: 0.3 },
        { title: 'what it asks', share: 0.35 },
        { title: 'what answers it here', share: 0.35 },
      ],
      rows,
    );
}

function drawTimeline(sheet: Sheet, contents: ReportContents): void {
  sheet.heading('Timeline');
  sheet.table(
    [
      { title: 'when (UTC)', share: 0.18 },
      { title: 'what', share: 0.22 },
      { title: 'about', share: 0.28 },
      { title: 'who', share: 0.18 },
      { title: 'event', share: 0.14 },
    ],
    inOrder(contents).map((fact) => [
      timeText(fact.at),
      fact.type,
      fact.stream,
      fact.actor,
      eventOf(fact.key, contents),
    ]),
  );
}

function inOrder({ streams, places }: ReportContents): readonly AnyFact[] {
  return [...streams.values()].flat().toSorted((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0));
}

function eventOf(key: string, { places }: ReportContents): string {
  const place = places.get(key);
  return place === undefined ? '' : `${place}.json`;
}
