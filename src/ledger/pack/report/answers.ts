/** What vendors answered to the read-backs that gates rest on: redacted, line by line, beside the digest in the fact. */
import type { GateStatus } from '../../../domain/gates.ts';
import type { AnyFact } from '../../../domain/fact.ts';
import type { ReportContents } from '../build.ts';
import type { Sheet } from './sheet.ts';

/** An answer goes on in its file; a report is for looking through. */
const MOST_LINES = 24;
const MOST_LETTERS = 110;

export function drawAnswers(sheet: Sheet, gates: readonly GateStatus[], contents: ReportContents): void {
  const facts = factsByKey(contents);
  const rows = gates.flatMap(({ gate, evidence }) =>
    evidence.flatMap((key) => {
      const digest = answerDigestOf(facts.get(key));
      if (digest === null) return [];
      const place = contents.places.get(key);
      const event = place === undefined ? key : `events/${place}.json`;
      return [[gate, event, digest, answerText(contents.answers.get(digest))]];
    }),
  );
  if (rows.length === 0) return;
  sheet.table(
    [
      { title: 'gate', share: 0.15 },
      { title: 'read back in', share: 0.15 },
      { title: 'answer (SHA-256)', share: 0.22 },
      { title: 'what the vendor answered, redacted', share: 0.48 },
    ],
    rows,
  );
}

function factsByKey({ streams }: ReportContents): ReadonlyMap<string, AnyFact> {
  return new Map([...streams.values()].flat().map((fact) => [fact.key, fact]));
}

function answerDigestOf(fact: AnyFact | undefined): string | null {
  return fact !== undefined && 'answerDigest' in fact.data ? (fact.data.answerDigest ?? null) : null;
}

/** One line for each value, by its path. */
export function answerText(json: string | undefined): string {
  if (json === undefined) return 'not kept';
  const lines = linesOf('', JSON.parse(json));
  const shown = lines.slice(0, MOST_LINES).map((line) => line.slice(0, MOST_LETTERS));
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`... and ${more} more, in its file under documents/`] : [])].join('\n');
}

function linesOf(path: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => linesOf(`${path}[${at}]`, one));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) =>
      linesOf(path === '' ? name : `${path}.${name}`, one),
    );
  return [`${path}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}
