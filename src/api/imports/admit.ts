/** What of a checked file goes on, and what is told of the rest. */
import type { AnyUnit, CheckedLine } from '../../imports/check.ts';
import { FILE_REFUSALS, FileRefused } from '../../imports/file/refused.ts';
import { LINE_PROBLEMS } from '../../imports/mapping/problems.ts';
import type { LineProblem } from '../../imports/mapping/problems.ts';
import type { StagedLine } from '../../store/imports/stage.ts';
import { Problem } from '../problem.ts';

/** How many problems an answer names; all are counted. */
const NAMED = 1_000;

/** Gathers problems: the first thousand by name. */
export class Problems {
  readonly named: LineProblem[] = [];
  count = 0;

  add(problems: readonly LineProblem[]): void {
    this.count += problems.length;
    this.named.push(...problems.slice(0, NAMED - this.named.length));
  }
}

/**
 * Lines that can be taken in. Reads on to the end after a bad one, so that all problems are told at once.
 * @throws Problem `lines-refused` at the end, when there was any
 */
export async function* admitted(lines: AsyncIterable<CheckedLine>): AsyncGenerator<StagedLine> {
  const problems = new Problems();
  for await (const line of lines) {
    if (line.kind === 'bad') problems.add(line.problems);
    else if (problems.count === 0) yield line;
  }
  if (problems.count > 0) throw linesRefused(problems.named, problems.count);
}

export function linesRefused(named: readonly LineProblem[], count: number): Problem {
  return new Problem(
    'lines-refused',
    named.slice(0, 20).map((one) => ({ path: `line ${one.line}, ${one.field}`, message: sentenceOf(one) })),
    { problemCount: count, problems: named.map(problemView) },
  );
}

function sentenceOf({ code, column, ofLine }: LineProblem): string {
  const where = column === null ? '' : ` (column ${column.slice(0, 60)})`;
  return `${LINE_PROBLEMS[code]}${ofLine === undefined ? '' : `: line ${ofLine}`}${where}`;
}

export function problemView({ line, field, column, code, value, ofLine }: LineProblem) {
  return { line, field, column, code, message: LINE_PROBLEMS[code], value, ofLine: ofLine ?? null };
}

/** A file that cannot be read, as a problem document. */
export function fileRefused(error: unknown): unknown {
  if (!(error instanceof FileRefused)) return error;
  return new Problem('file-refused', [{ path: 'file', message: error.message }], {
    refusal: { code: error.code, line: error.line, message: FILE_REFUSALS[error.code] },
  });
}

export interface Preview {
  readonly units: readonly { readonly line: number; readonly unit: AnyUnit }[];
  readonly problems: readonly LineProblem[];
  readonly problemCount: number;
  readonly lines: number;
  readonly duplicates: readonly { readonly line: number; readonly ofLine: number; readonly serial: string }[];
  readonly duplicateCount: number;
}

/** Reads everything and keeps the first `most` units. */
export async function previewOf(lines: AsyncIterable<CheckedLine>, most: number): Promise<Preview> {
  const problems = new Problems();
  const units: { line: number; unit: AnyUnit }[] = [];
  const duplicates: { line: number; ofLine: number; serial: string }[] = [];
  let [count, duplicateCount] = [0, 0];
  for await (const one of lines) {
    count += 1;
    if (one.kind === 'bad') problems.add(one.problems);
    else if (one.kind === 'duplicate') {
      duplicateCount += 1;
      const { line, ofLine, serial } = one;
      if (duplicates.length < NAMED) duplicates.push({ line, ofLine, serial });
    } else if (units.length < most) units.push({ line: one.line, unit: one.unit });
  }
  return {
    units,
    problems: problems.named,
    problemCount: problems.count,
    lines: count,
    duplicates,
    duplicateCount,
  };
}
