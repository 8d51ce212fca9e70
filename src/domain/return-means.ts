/** How a device comes back, by the country of whoever has it. */

/** `label`: they pack it themselves. `box`: an empty box with the label inside is sent out first. `drop-off`: handed in at an office. */
export const RETURN_MEANS = ['label', 'box', 'drop-off'] as const;
export type ReturnMeans = (typeof RETURN_MEANS)[number];

export interface MeansByCountry {
  /** Where no country is known, or it is not listed. */
  readonly default: ReturnMeans;
  /** By ISO 3166-1 code. */
  readonly byCountry: Readonly<Record<string, ReturnMeans>>;
}

/** @param means Absent from policies that say nothing of it: a label everywhere. */
export function returnMeansIn(means: MeansByCountry | undefined, country: string | null): ReturnMeans {
  if (means === undefined) return 'label';
  return (country === null ? undefined : means.byCountry[country]) ?? means.default;
}
