/** Many JSON texts as one parameter. An array would have each of its quotes escaped here and read twice there. */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/** JSON escapes control characters, so no JSON text holds it. */
const BETWEEN = '\u0001';

/**
 * `text[]` of JSON texts.
 *
 * @param texts At least one; each is JSON, and so neither empty nor with control characters.
 */
export function jsonTexts(texts: readonly string[]): RawBuilder<string[]> {
  return sql`string_to_array(${texts.join(BETWEEN)}::text, ${BETWEEN}::text)`;
}
