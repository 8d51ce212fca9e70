/** Vendors' files and their lines, for people. */
import type { ImportHead, ImportLine, ImportPreview, MappingHead } from '../client/import-shapes.ts';
import type { Paint } from './paint.ts';
import { plain, shortened, table } from './table.ts';
import { localTime } from './time.ts';

export function importListText(imports: readonly ImportHead[], paint: Paint): string {
  const rows = imports.map(({ id, connector, list, lines, matched, unmatched, importedAt }) => [
    id,
    connector,
    list,
    String(lines),
    String(matched),
    String(unmatched),
    localTime(importedAt),
  ]);
  return table(['import', 'vendor', 'list', 'lines', 'matched', 'unmatched', 'taken in'], rows, paint);
}

export function importText({ id, lines, matched, unmatched, known, duplicates }: ImportHead): string {
  const parts = [
    `${matched} matched`,
    `${unmatched} unmatched`,
    `${known} known from before`,
    `${duplicates} said twice`,
  ];
  const next = unmatched === 0 ? '' : `What matched nothing waits: handback pickup unmatched\n`;
  return `${id}: ${lines} lines, ${parts.join(', ')}.\n${next}`;
}

export function importLinesText(lines: readonly ImportLine[], paint: Paint): string {
  const rows = lines.map((line) => [
    line.importId,
    String(line.line),
    line.list,
    plain(line.serial),
    plain(shortened([line.model, line.reference].filter(Boolean).join(', ') || '–', 40)),
    line.ofLine === null ? (line.decision ?? line.outcome) : `duplicate of ${line.ofLine}`,
    line.deviceId ?? '–',
  ]);
  return table(['import', 'line', 'list', 'serial', 'about', 'is', 'device'], rows, paint);
}

export function mappingListText(mappings: readonly MappingHead[], paint: Paint): string {
  const rows = mappings.map(({ connector, list, version, savedBy, triedAt }) => [
    connector,
    list,
    String(version),
    savedBy,
    triedAt === null ? 'not tried yet' : localTime(triedAt),
  ]);
  return table(['vendor', 'list', 'version', 'saved by', 'tried'], rows, paint);
}

/** The first lines in our words, then what is wrong. */
export function previewText(preview: ImportPreview, paint: Paint): string {
  const { mappingVersion, lines, units, problems, problemCount, duplicateCount } = preview;
  const how = mappingVersion === null ? 'the published format' : `version ${mappingVersion} of the mapping`;
  const shown = units.map(
    ({ line, unit }) =>
      `  ${String(line).padStart(6)}  ${plain(shortened(Object.entries(unit).flatMap(saidBy).join(', '), 160))}\n`,
  );
  const rows = problems.map(({ line, field, column, message, value }) => [
    String(line),
    field,
    plain(column ?? '–'),
    plain(value ?? '–'),
    message,
  ]);
  return [
    `${lines} lines by ${how}, ${duplicateCount} said twice, ${problemCount} problems.\n`,
    ...shown,
    ...(rows.length === 0 ? [] : ['\n', table(['line', 'field', 'column', 'value', 'problem'], rows, paint)]),
    problemCount > problems.length ? `… and ${problemCount - problems.length} more.\n` : '',
  ].join('');
}

function saidBy([name, value]: readonly [string, unknown]): readonly string[] {
  if (value === '' || value === null) return [];
  return [`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}
