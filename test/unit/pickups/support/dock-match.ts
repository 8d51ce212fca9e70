/** What must hold of the match on the dock, whatever is scanned: as properties of any implementation, so that a fault can be planted. */
import fc from 'fast-check';
import { normaliseSerial } from '../../../../src/domain/serial.ts';
import type { discrepancies, Expected, Scanned, scanVerdict } from '../../../../src/store/pickup-matching.ts';

/** The match under test. */
export interface DockMatch {
  readonly normaliseSerial: typeof normaliseSerial;
  readonly scanVerdict: typeof scanVerdict;
  readonly discrepancies: typeof discrepancies;
}

interface Read {
  readonly serial: string;
  readonly model: string | null;
}

const OURS = ['PF2ABC01', 'PF2ABC02', '00778899', '5CG9QQ1', 'R90XYZ7'] as const;
const FOREIGN = ['FOREIGN01', 'FOREIGN02'] as const;
const FILLERS = ['To be filled by O.E.M.', 'Default string', 'N/A', '0000000', '?', ''] as const;
const MODELS = ['ThinkPad T14', 'think-pad t14', 'MacBook Air', null] as const;

/** The ways in which people, scanners and sources print one serial. */
export const SPELLINGS: readonly ((serial: string) => string)[] = [
  (serial) => serial,
  (serial) => serial.toLowerCase(),
  (serial) => ` ${serial}\t`,
  (serial) => `${serial.slice(0, 3)}-${serial.slice(3)}`,
  (serial) => `${serial.slice(0, 2)} ${serial.slice(2)}`,
];

const spelling = fc.nat({ max: SPELLINGS.length - 1 });
const model = fc.constantFrom(...MODELS);

function spelled(serial: string, how: number): string {
  return SPELLINGS[how]?.(serial) ?? serial;
}

/** Lines for some of our serials; a model may be unknown, a custody may have ended. */
const manifest = fc
  .subarray([...OURS])
  .chain((serials) =>
    fc.tuple(
      ...serials.map((serial, index) =>
        fc.record({
          line: fc.constant(index + 1),
          deviceId: fc.constant(`dev_${serial}`),
          epoch: fc.constant(1),
          serial: fc.constant<string>(serial),
          model: fc.constantFrom('ThinkPad T14', ''),
          leaving: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
          accepted: fc.constant(false),
        }),
      ),
    ),
  )
  .map((lines): readonly Expected[] => lines);

const scanOf = (serials: readonly string[]) =>
  fc
    .record({ serial: fc.constantFrom(...serials), how: spelling, model })
    .map(({ serial, how, model: read }): Read => ({ serial: spelled(serial, how), model: read }));
const known = fc.array(scanOf([...OURS]), { maxLength: 12 });
const any = fc.array(scanOf([...OURS, ...FOREIGN, ...FILLERS]), { maxLength: 12 });

/** As the dock does it: one scan after the other, each judged with those before. */
function scanned(
  match: DockMatch,
  expected: readonly Expected[],
  reads: readonly Read[],
): readonly Scanned[] {
  const before: Scanned[] = [];
  for (const { serial: printed, model: read } of reads) {
    const serial = match.normaliseSerial(printed);
    const verdict = match.scanVerdict(serial, read, expected, before);
    before.push({ serial: serial ?? printed, verdict, model: read });
  }
  return before;
}

/** Each serial with what does not add up about it; what adds up is absent. */
function told(match: DockMatch, expected: readonly Expected[], reads: readonly Read[]): readonly string[] {
  return match
    .discrepancies(expected, scanned(match, expected, reads))
    .map(({ serial, kind }) => `${serial} ${kind}`)
    .toSorted();
}

/** What is right, said a second time: by what was read of each serial, and not scan by scan. */
function right(expected: readonly Expected[], reads: readonly Read[]): readonly string[] {
  const keyed = reads.flatMap(({ serial, model: read }) => {
    const key = normaliseSerial(serial);
    return key === null ? [] : [{ key, model: read }];
  });
  const strangers = new Set(
    keyed.map(({ key }) => key).filter((key) => expected.every((line) => line.serial !== key)),
  );
  const ofLines = expected.flatMap((line) => {
    const reading = keyed.filter(({ key }) => key === line.serial);
    if (!line.leaving) return [];
    if (reading.length === 0) return [`${line.serial} missing`];
    const looks = line.model === '' ? [] : reading.flatMap(({ model: read }) => read ?? []);
    const fits = looks.some((look) => /^think.?pad t14$/iu.test(look));
    return looks.length > 0 && !fits ? [`${line.serial} model-mismatch`] : [];
  });
  const ended = expected.flatMap((line) =>
    !line.leaving && keyed.some(({ key }) => key === line.serial) ? [`${line.serial} unexpected`] : [],
  );
  return [...ofLines, ...ended, ...[...strangers].map((serial) => `${serial} unexpected`)].toSorted();
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.join('\n') === other.join('\n');
}

/** Plays a property so many times. @returns The counter-example in words; `null` when it holds. */
function counterExample<T>(property: fc.IProperty<T>): (runs: number) => string | null {
  return (numRuns) => {
    const details = fc.check(property, { numRuns });
    return details.failed ? (fc.defaultReportMessage(details) ?? 'failed') : null;
  };
}

/** Whether all spellings of a serial are one key, and fillers none. */
const keys = (match: DockMatch) =>
  counterExample(
    fc.property(
      fc.constantFrom(...OURS, ...FOREIGN),
      spelling,
      fc.constantFrom(...FILLERS),
      (serial, how, filler) =>
        match.normaliseSerial(spelled(serial, how)) === serial && match.normaliseSerial(filler) === null,
    ),
  );

const onceEach = (match: DockMatch) =>
  counterExample(
    fc.property(manifest, any, (expected, reads) => {
      const found = match
        .discrepancies(expected, scanned(match, expected, reads))
        .map(({ serial }) => serial);
      return (
        new Set(found).size === found.length && same(told(match, expected, reads), right(expected, reads))
      );
    }),
  );

const orderless = (match: DockMatch) =>
  counterExample(
    fc.property(
      manifest,
      any.chain((reads) =>
        fc.tuple(
          fc.constant(reads),
          fc.shuffledSubarray([...reads, ...reads], {
            minLength: reads.length * 2,
            maxLength: reads.length * 2,
          }),
          spelling,
        ),
      ),
      (expected, [reads, shuffled, how]) => {
        const respelled = shuffled.map((one) => ({
          ...one,
          serial: normaliseSerial(one.serial) ?? one.serial,
        }));
        const printed = respelled.map(({ serial, model: read }) => ({
          serial: normaliseSerial(serial) === null ? serial : spelled(serial, how),
          model: read,
        }));
        return same(told(match, expected, reads), told(match, expected, printed));
      },
    ),
  );

const foreignApart = (match: DockMatch) =>
  counterExample(
    fc.property(
      manifest,
      known,
      scanOf([...FOREIGN]),
      fc.nat({ max: 12 }),
      (expected, reads, stranger, place) => {
        const more = [...reads.slice(0, place), stranger, ...reads.slice(place)];
        const key = normaliseSerial(stranger.serial) ?? '';
        const others = told(match, expected, more).filter((one) => !one.startsWith(`${key} `));
        return (
          same(told(match, expected, reads), others) &&
          told(match, expected, more).includes(`${key} unexpected`)
        );
      },
    ),
  );

const fillersNothing = (match: DockMatch) =>
  counterExample(
    fc.property(manifest, known, scanOf([...FILLERS]), (expected, reads, filler) => {
      const more = [...reads, filler];
      return (
        scanned(match, expected, more).at(-1)?.verdict === 'unreadable' &&
        same(told(match, expected, reads), told(match, expected, more))
      );
    }),
  );

/** A unit that is not scanned, and a line that is not on the manifest, are told; and nothing else is. */
const removed = (match: DockMatch) =>
  counterExample(
    fc.property(manifest, fc.nat({ max: 4 }), (lines, place) => {
      const expected = lines.map((line) => ({ ...line, leaving: true }));
      const gone = expected[place % Math.max(1, expected.length)];
      if (gone === undefined) return true;
      const reads = expected.map(({ serial }) => ({ serial, model: null }));
      const clean = told(match, expected, reads);
      const unscanned = told(
        match,
        expected,
        reads.filter(({ serial }) => serial !== gone.serial),
      );
      const unlisted = told(
        match,
        expected.filter((line) => line !== gone),
        reads,
      );
      return (
        clean.length === 0 &&
        same(unscanned, [`${gone.serial} missing`]) &&
        same(unlisted, [`${gone.serial} unexpected`])
      );
    }),
  );

/** By the guarantee that each holds. */
export const PROPERTIES = {
  'one serial is one key in every spelling, and a filler text is none': keys,
  'every serial of either list has one verdict, and it is clean only where both lists agree': onceEach,
  'order, repetition and spelling of scans change nothing': orderless,
  'a foreign serial is told, and changes the verdict on no other': foreignApart,
  'a filler text never matches, and changes nothing': fillersNothing,
  'without its line on one list exactly that serial is not clean any more': removed,
} as const satisfies Readonly<Record<string, (match: DockMatch) => (runs: number) => string | null>>;
