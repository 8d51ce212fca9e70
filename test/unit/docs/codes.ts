/** Finds every code that the engine can show as the reason of a wait, in the sources. */
import { globSync, readFileSync } from 'node:fs';
import { COUNT_DIFFERENCES, INVENTORY_DIFFERENCES } from '../../../src/domain/discrepancy.ts';
import { ASSET_FINDINGS } from '../../../src/domain/reconciliation.ts';
import { HOLD_KINDS } from '../../../src/domain/holds.ts';
import { DISCREPANCIES } from '../../../src/store/pickup-matching.ts';

const ROOT = new URL('../../../', import.meta.url);

/** What stands behind a code that is put together: the parts of its name that vary. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  // WipeStanding['state'] without the states of a wipe that is through.
  'wipe-${standing.state}': [
    'approved',
    'requested',
    'accepted',
    'unknown',
    'not-accepted',
    'refused',
    'failed',
    'cancelled',
    'ambiguous',
    'silence-unread',
  ],
  // ConnectorErrorCode without the passing ones, which are tried again.
  'access-cut-${error.code}': ['refused', 'not-found', 'conflict', 'unexpected-answer'],
  'closure-${error.code}': ['refused', 'not-found', 'conflict', 'unexpected-answer'],
  'asset-${kind}': ASSET_FINDINGS,
  'pickup-${kind}': DISCREPANCIES,
  'on-hold-${kind}': HOLD_KINDS,
  // What stands for the vendor's documents on a route that has none.
  '${kind}-awaited': ['lessor-receipt', 'bill-of-sale'],
};

/** Kinds of differences that are opened under their own names. */
const KINDS: readonly string[] = [
  ...COUNT_DIFFERENCES.map((kind) => `count-${kind}`),
  ...INVENTORY_DIFFERENCES,
];

/** Codes of a vendor's answer to a wipe: they stand in a fact and make nobody wait. */
const NOT_OF_A_WAIT: ReadonlySet<string> = new Set(['internal', 'process-ended', 'too-late', 'kill-switch']);

/** Where a code is made: an object's `code`, a call that raises, a list of codes, a function that returns one. */
const PLACES: readonly RegExp[] = [
  /\bcode: (?<made>(?:`[^`]*`|[^,;}`])*)/gu,
  /\bconst code = (?<made>[^;]*)/gu,
  /\braise\(\s*(?:\w+,\s*)*(?<made>'[^']+'|`[^`]+`)/gu,
  /function obstacleTo\((?<made>.*?)\n\}/gsu,
  /function mismatchesOf\((?<made>.*?)\n\}/gsu,
  /type ReopenReason =(?<made>[^;]*)/gu,
  /function blockCode\((?<made>.*?)\n\}/gsu,
];

export interface FoundCodes {
  readonly codes: readonly string[];
  /** Put-together codes whose parts nobody has named above. */
  readonly unknownTemplates: readonly string[];
}

export function codesInSources(): FoundCodes {
  const codes = new Set<string>(KINDS);
  const unknownTemplates = new Set<string>();
  const rooms = ['src/{domain/rules,activities,store}/**/*.ts', 'src/domain/held-by.ts'];
  for (const file of globSync(rooms, { cwd: ROOT })) {
    const text = readFileSync(new URL(file, ROOT), 'utf8');
    for (const place of PLACES) {
      for (const { groups } of text.matchAll(place)) {
        for (const code of literals(groups?.['made'] ?? '')) codes.add(code);
        for (const template of templates(groups?.['made'] ?? '')) {
          const parts = TEMPLATES[template];
          if (parts === undefined) unknownTemplates.add(template);
          else for (const part of parts) codes.add(template.replace(/\$\{[^}]*\}/u, part));
        }
      }
    }
  }
  const waits = [...codes].filter((code) => !NOT_OF_A_WAIT.has(code));
  return { codes: waits.toSorted(), unknownTemplates: [...unknownTemplates] };
}

/** Kebab-case texts with at least one dash; names of gates, roles and kinds of source in the same place are no codes. */
function literals(text: string): readonly string[] {
  const outcomes = text.replaceAll(/[!=]== '[^']*'/gu, '').replaceAll(/recordIn\([^)]*\)/gu, '');
  return [...outcomes.matchAll(/'([a-z]+(?:-[a-z]+)+)'/gu)].flatMap(([, code]) => code ?? []);
}

function templates(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]*\$\{[^`]*)`/gu)].flatMap(([, template]) => template ?? []);
}
