/** Texts as Snipe-IT prints them in rows, and our line in an asset's notes. */
import type { AssetClosure, AssetOutcome } from '../port.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#039;': "'",
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
};

/** Undoes the HTML escaping of a row (Laravel's `e()`). */
export function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:amp|quot|#0?39|lt|gt);/gu, (entity) => ENTITIES[entity] ?? entity);
}

/** The line that a closure leaves in the notes. Backticks keep the vendor's Markdown from touching what is inside. */
export function closureLine({ state, at, reference, custody, disposition }: AssetClosure): string {
  const named = reference === null ? '' : ` ${WORD[state] ?? 'reference'} \`${reference}\`,`;
  const became = disposition === undefined ? '' : `, ${disposition}`;
  return `Handback: ${state} ${at},${named} custody \`${custody}\`${became}`;
}

/** What the reference of an outcome is, where it has a name of its own. */
const WORD: Readonly<Partial<Record<AssetOutcome, string>>> = { disposed: 'certificate' };

/** Whether a reference can stand in the notes and be read back unchanged. */
export function fitsNotes(reference: string): boolean {
  return /^[^\s`<>][^\r\n`<>]*$/u.test(reference) && reference === reference.trim();
}

/** The reference of the last such line that has one, out of raw notes or notes rendered to HTML; `null` when there is none. */
export function referenceInNotes(notes: string): string | null {
  const pattern =
    /Handback: [a-z-]+ \S+, (?:certificate|reference) (?:`|<code>)([^\r\n`<>]+)(?:`|<\/code>), custody/gu;
  const last = [...notes.matchAll(pattern)].at(-1)?.[1];
  return last === undefined ? null : unescapeHtml(last);
}
