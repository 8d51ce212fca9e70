/** The canonical texts of a fact, written in one pass: its data stands in both. */
import type { AnyFact } from '../domain/fact.ts';
import { canonicalText } from '../ledger/canonical.ts';

export interface FactTexts {
  /** Of the whole fact: what its digest is of. */
  readonly canonical: string;
  /** Of what its key stands for: place and time left out. */
  readonly body: string;
}

/**
 * The same texts as `canonicalText` of the whole and of its stream, type and data: the names of a fact's fields are few and
 * fixed, so their order is written down here.
 *
 * @throws CanonicalError for what JSON cannot carry without loss
 */
export function factTexts({ v, stream, seq, prev, key, type, at, actor, data }: AnyFact): FactTexts {
  const [dataText, streamText, typeText] = [canonicalText(data), canonicalText(stream), canonicalText(type)];
  const before = `"actor":${canonicalText(actor)},"at":${canonicalText(at)}`;
  const between = `"key":${canonicalText(key)},"prev":${canonicalText(prev)},"seq":${canonicalText(seq)}`;
  const end = `"stream":${streamText},"type":${typeText}`;
  return {
    canonical: `{${before},"data":${dataText},${between},${end},"v":${canonicalText(v)}}`,
    body: `{"data":${dataText},${end}}`,
  };
}
