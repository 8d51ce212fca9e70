/**
 * The sample: cases in the order of SHA-256 over the seed, a line feed and the case's id, each as UTF-8; the first so many are it.
 * Anybody can draw it again with the list of cases, the seed and `sha256sum`.
 */
import { sha256Hex } from '../../canonical.ts';

export const SAMPLE_ALGORITHM = 'sha256-rank/1';

export interface Drawn {
  readonly algorithm: typeof SAMPLE_ALGORITHM;
  readonly seed: string;
  readonly seedBy: 'caller' | 'handback';
  readonly asked: number;
  /** How many it was drawn out of. */
  readonly frame: number;
  readonly cases: readonly { readonly caseId: string; readonly rank: string }[];
}

/** @param caseIds Of the whole population; said twice is once. */
export function drawSample(
  caseIds: Iterable<string>,
  {
    seed,
    seedBy,
    sample,
  }: { readonly seed: string; readonly seedBy: Drawn['seedBy']; readonly sample: number },
): Drawn {
  const ranked = [...new Set(caseIds)]
    .map((caseId) => ({ caseId, rank: sha256Hex(`${seed}\n${caseId}`) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
  return {
    algorithm: SAMPLE_ALGORITHM,
    seed,
    seedBy,
    asked: sample,
    frame: ranked.length,
    cases: ranked.slice(0, sample),
  };
}
