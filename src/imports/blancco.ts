/**
 * Blancco's erasure report in XML, as its management console exports it: `report` elements (one, or many in a `root`), each
 * with `blancco_data` holding `description/document_id`, `blancco_hardware_report` (a list `system` with the serial of the
 * chassis, lists `disk` with that of each drive) and `blancco_erasure_report` (a list `erasure` per drive: `state`,
 * `erasure_standard_name`, `end_time`, and in the list `target` the drive's serial). Lists are `entries`, values `entry`, told
 * apart by `name`. The chassis is as clean as its worst drive, and a drive without an erasure is not clean.
 */
import { normaliseSerial } from '../domain/serial.ts';
import type { CertificateOutcome, CertifiedUnit, Drive } from '../domain/vendor-lines.ts';
import { leastLevel, worstOutcome } from '../domain/vendor-lines.ts';
import { Seen, whole } from './check.ts';
import type { CheckedLine } from './check.ts';
import { createReadStream } from 'node:fs';
import { decode } from './file/encoding.ts';
import type { ImportLimits } from './file/limits.ts';
import { FileRefused } from './file/refused.ts';
import { xmlReader } from './file/xml.ts';
import { codeIn } from './mapping/cells.ts';
import { BadValue } from './mapping/problems.ts';
import type { LineProblem, LineProblemCode } from './mapping/problems.ts';
import type { ErasureMapping } from './mapping/schema.ts';
import { dateReader, serialOf, textOf } from './mapping/values.ts';
import { blanccoReports } from './blancco-report.ts';
import type { BlanccoErasure, BlanccoReport } from './blancco-report.ts';

/** @returns One line per report, counted from 1. */
export async function* checkBlancco(
  path: string,
  mapping: ErasureMapping,
  limits: ImportLimits,
): AsyncGenerator<CheckedLine> {
  const found: BlanccoReport[] = [];
  const reader = xmlReader(blanccoReports(limits, (report) => found.push(report)));
  const seen = new Seen();
  const dates = dateReader({ format: 'iso', timeZone: mapping.dates.timeZone }, 'day');
  let line = 0;
  const next = function* (): Generator<CheckedLine> {
    for (const report of found.splice(0)) {
      line += 1;
      if (line > limits.lines) throw new FileRefused('too-many-lines', line);
      const checked = checkReport(line, report, mapping, dates);
      yield checked.kind === 'unit' ? seen.place(checked) : checked;
    }
  };
  for await (const text of decode(createReadStream(path), 'utf-8')) {
    reader.write(text);
    yield* next();
  }
  reader.end();
  if (line === 0) throw new FileRefused('not-a-report');
}

function checkReport(
  line: number,
  report: BlanccoReport,
  { methods }: ErasureMapping,
  dates: (text: string) => string,
): CheckedLine {
  const problems: LineProblem[] = [];
  const refuse = (field: string, code: LineProblemCode, value: string | null): void =>
    void problems.push({ line, field, column: null, code, value });
  const say = (field: string, text: string, read: (text: string) => string = textOf): string => {
    try {
      return text === '' ? '' : read(text);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      refuse(field, error.code, text.slice(0, 40));
      return '';
    }
  };
  const take = (field: string, text: string, read?: (text: string) => string): string => {
    if (text === '') refuse(field, 'value-missing', null);
    return say(field, text, read);
  };
  const drives = report.erasures.map((erasure): Drive => {
    const how = codeIn(methods, erasure.standard);
    if (how === undefined) refuse('method', 'code-unknown', erasure.standard.slice(0, 40));
    return {
      serial: take('driveSerial', erasure.serial, serialOf),
      model: say('driveModel', erasure.model),
      outcome: outcomeOf(erasure),
      level: how?.level ?? 'clear',
      method: how?.method ?? '',
    };
  });
  const erased = new Set(drives.map(({ serial }) => serial));
  const all = [...drives, ...report.disks.map(leftOut).filter(({ serial }) => !erased.has(serial))];
  const dated = report.erasures.map(({ endedAt }) => take('date', endedAt, dates)).toSorted();
  const unit = {
    certificateId: take('certificateId', report.documentId),
    serial: take('serial', report.serial, serialOf),
    manufacturer: say('manufacturer', report.manufacturer),
    model: say('model', report.model),
    assetTag: '',
    mediaType: '',
    mediaSource: '',
    classification: '',
    level: leastLevel(drives) ?? 'clear',
    method: [...new Set(drives.map(({ method }) => method))].join(', '),
    tool: 'Blancco',
    toolVersion: '',
    verificationMethod: '',
    destination: '',
    sanitizedBy: { name: '', title: '', date: '', location: '', contact: '' },
    verifiedBy: null,
    status: 'issued',
    standard: [...new Set(report.erasures.map(({ standard }) => say('standard', standard)))].join(', '),
    outcome: worstOutcome(all) ?? 'not-erased',
    // The chassis is clean when the last of its drives is.
    date: dated.at(-1) ?? '',
    drives: all.toSorted((a, b) => (a.serial < b.serial ? -1 : 1)),
  } as const satisfies CertifiedUnit;
  if (drives.length === 0) refuse('driveSerial', 'value-missing', null);
  return problems.length > 0 ? { kind: 'bad', line, problems } : whole(line, unit);
}

/** In the chassis, and nothing was said of its erasure: it has not been erased. */
function leftOut(serial: string): Drive {
  return {
    serial: normaliseSerial(serial) ?? serial.slice(0, 64),
    model: '',
    outcome: 'not-erased',
    level: 'clear',
    method: '',
  };
}

/** Only a plain success passes; whatever else the state says, in whatever language, does not. */
function outcomeOf({ state }: BlanccoErasure): CertificateOutcome {
  const said = state.trim().toLowerCase();
  if (said === 'successful') return 'erased';
  return said.startsWith('successful') || said.includes('exception')
    ? 'erased-with-exceptions'
    : 'not-erased';
}
