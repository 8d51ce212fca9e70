import { z } from 'zod';

/** What the vendor knows of one physical unit at some step; empty text where it does not. */
export interface Unit {
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
}

const UnknownUnit = z.strictObject({
  serial: z.string().min(1),
  manufacturer: z.string().default(''),
  model: z.string().default(''),
});

/** Which units a step is about, and what goes wrong with them. Serials are those of the step before. */
export const Selection = z.strictObject({
  /** Exactly these; a serial that the step before does not know is a unit out of nowhere. Absent: all that are left. */
  serials: z.array(z.string().min(1)).optional(),
  /** These do not turn up. */
  missing: z.array(z.string()).default([]),
  /** Another unit stands where this one should: serial → the other's serial. */
  swapped: z.record(z.string(), z.string().min(1)).default({}),
  /** The unit is there under its serial, with another model name: serial → model. */
  wrongModel: z.record(z.string(), z.string().min(1)).default({}),
  /** These are listed twice. */
  duplicated: z.array(z.string()).default([]),
  /** Units nobody announced. */
  unknown: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((serial) => ({ serial, manufacturer: '', model: '' })),
        UnknownUnit,
      ]),
    )
    .default([]),
});
export type Selection = z.infer<typeof Selection>;

/** The units a step finds: what the step before left, with everything gone wrong that the selection says. */
export function select(before: readonly Unit[], selection: Selection): Unit[] {
  const chosen =
    selection.serials?.map((serial) => before.find((unit) => unit.serial === serial) ?? strange(serial)) ??
    before;
  const found = chosen
    .filter(({ serial }) => !selection.missing.includes(serial))
    .flatMap((unit) => (selection.duplicated.includes(unit.serial) ? [unit, unit] : [unit]))
    .map((unit) => ({
      ...unit,
      model: selection.wrongModel[unit.serial] ?? unit.model,
      serial: selection.swapped[unit.serial] ?? unit.serial,
    }));
  return [...found, ...selection.unknown.map((unit) => ({ ...unit, assetTag: '' }))];
}

/** Serials that the selection speaks of and the step before does not know: a mistake of the caller. */
export function strangers(before: readonly Unit[], selection: Selection): string[] {
  const named = [
    ...selection.missing,
    ...Object.keys(selection.swapped),
    ...Object.keys(selection.wrongModel),
    ...selection.duplicated,
  ];
  const known = new Set([...before.map(({ serial }) => serial), ...(selection.serials ?? [])]);
  return named.filter((serial) => !known.has(serial));
}

function strange(serial: string): Unit {
  return { serial, manufacturer: '', model: '', assetTag: '' };
}
