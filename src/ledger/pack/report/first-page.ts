/** The first page: what the pack is of, what it says, what was let through without evidence, and how to check it. */
import type { Fact } from '../../../domain/fact.ts';
import type { ReportContents } from '../build.ts';
import type { PackClaim } from '../manifest.ts';
import { periodPairs, periodWarnings } from './period.ts';
import { contradictionsIn } from './reports.ts';
import type { Sheet } from './sheet.ts';
import { timeText } from './told.ts';

export function drawFirstPage(sheet: Sheet, contents: ReportContents): void {
  const { manifest, claim, stampedAt } = contents;
  const { subject, exportedAt, checkpoint, documents, absent, policy } = manifest;
  sheet.title(
    `Evidence of ${subject.kind} ${subject.id}`,
    `Exported ${timeText(exportedAt)} UTC by Handback`,
  );
  const waivers = claim.period === undefined ? waiversOf(contents) : [];
  const warnings = claim.period === undefined ? [] : periodWarnings(claim.period);
  if (warnings.length > 0) sheet.warning(warnings);
  if (waivers.length > 0)
    sheet.warning([`Waivers: ${waivers.length} gate(s) let through without evidence`, ...waivers]);
  const contradictions = contradictionsIn(contents);
  if (contradictions.length > 0)
    sheet.warning([
      `Reports of the vendor that contradict a closure: ${contradictions.length}`,
      ...contradictions,
    ]);
  if (claim.period !== undefined) sheet.pairs(periodPairs(claim.period));
  sheet.pairs([
    ...(claim.period === undefined ? subjectPairs(claim) : []),
    ...erasedPeople(contents).map((text) => ['person', text] as const),
    ['facts', factsText(manifest)],
    [
      'documents',
      `${documents.length} as received${absent.length === 0 ? '' : `, ${absent.length} not kept or erased`}`,
    ],
    ['policy', policy === null ? 'none' : `policy.json, SHA-256 ${policy}`],
    ['checkpoint', `${checkpoint.origin}, ${checkpoint.size} facts, root ${checkpoint.root}`],
    ...(stampedAt === null
      ? []
      : [
          [
            'timestamp',
            `timestamp.tsr: a timestamp authority had the checkpoint ${timeText(stampedAt.toISOString())} UTC`,
          ] as const,
        ]),
  ]);
  sheet.heading('What this report is');
  sheet.paragraph(
    'This report is a view for people. The evidence is in the files beside it: every fact as it was recorded (events/), the proof that it stands in the ledger (proofs/), the signed checkpoint of the ledger, the policy that was in force, and the documents as they were received. manifest.json lists every file with its SHA-256, and the signature is over that list.',
  );
  sheet.paragraph(
    'To check it without Handback and without a network, use the commands of docs/verify.md with cosign, openssl, Go or Python; or: handback evidence verify PACK --key KEY --checkpoint CHECKPOINT. The keys must come to you by another way than this pack, and only a checkpoint that was kept outside shows a ledger that was put back.',
  );
  sheet.paragraph(
    'People and programs stand here by their ids (user:, token:, connector:). Who they are is kept apart from the ledger, so that it can be erased.',
  );
}

function subjectPairs(claim: PackClaim): readonly (readonly [string, string])[] {
  return [
    ...claim.cases.map((one) => ['case', caseText(one)] as const),
    ...claim.custodies.map((one) => ['device', custodyText(one)] as const),
    ...claim.pickups.map((one) => ['pickup', pickupText(one)] as const),
  ];
}

function factsText({ streams, excerpts = [] }: ReportContents['manifest']): string {
  const whole = streams.reduce((sum, { facts }) => sum + facts, 0);
  const single = excerpts.reduce((sum, { facts }) => sum + facts, 0);
  const rest = single === 0 ? '' : `; ${single} single facts of ${excerpts.length} others`;
  return `${whole} in ${streams.length} streams, each whole up to the checkpoint${rest}`;
}

function waiversOf({ streams, manifest }: ReportContents): readonly string[] {
  return [...streams.values()]
    .flat()
    .flatMap((fact) =>
      fact.type === 'gate.waived' ? [waiverText(fact, Date.parse(manifest.exportedAt))] : [],
    );
}

function erasedPeople({ streams }: ReportContents): readonly string[] {
  return [...streams.values()]
    .flat()
    .flatMap((fact) =>
      fact.type === 'person.erased'
        ? [`erased person (${fact.data.personId}), by two people, ${timeText(fact.at)} UTC`]
        : [],
    );
}

/** The times of events and of the export are of one clock. */
function waiverText({ stream, at, data }: Fact<'gate.waived'>, exportedAt: number): string {
  const over = Date.parse(data.expiresAt) <= exportedAt ? 'ran out' : 'runs until';
  return `${data.gate} of ${stream}, waived ${timeText(at)} UTC by two people (${data.decisionId}), ${over} ${timeText(data.expiresAt)} UTC`;
}

function caseText({ caseId, generation, state, endedAt }: PackClaim['cases'][number]): string {
  return `${caseId}, generation ${generation}: ${state}${endedAt === null ? '' : ` since ${timeText(endedAt)} UTC`}`;
}

function custodyText(one: PackClaim['custodies'][number]): string {
  const end = one.disposition === null ? '' : `, ${one.disposition}`;
  return `serial ${one.serial} (${one.deviceId}), epoch ${one.epoch}: ${one.state}${end}`;
}

function pickupText({
  pickupId,
  lines,
  transferred,
  received,
  certified,
}: PackClaim['pickups'][number]): string {
  return `${pickupId}: ${lines} on the manifest, ${transferred} transferred, ${received} received, ${certified} certified`;
}
