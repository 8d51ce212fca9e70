/** The table at the end, and the checks. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Check } from '../checks/check.ts';
import { nameOf } from '../cast.ts';
import type { Case } from '../engine/shapes.ts';
import { ROWS } from '../stories/index.ts';
import { DAY_MS } from '../stories/stage.ts';
import { CASE_COLUMNS, DEVICE_COLUMNS, foremost, markOf, wordsOf } from './terms.ts';

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

export function painter(stream: NodeJS.WriteStream): Paint {
  return (format, text) => styleText(format, text, { stream });
}

/** A case that is not a leaver's. */
export interface OtherCase {
  readonly name: string;
  readonly story: string;
  readonly standing: Case;
}

/** A row per case: its gates, the days it took, where the devices went, what is open and why, whose move it is. */
export function caseTable(
  cases: ReadonlyMap<string, { readonly standing: Case }>,
  others: readonly OtherCase[],
  paint: Paint,
): string {
  const heads = ['case', 'story', 'gates', 'days', 'route', 'outcome', 'state', 'open because', 'id'];
  const table = new Table({
    head: heads.map((head) => paint('bold', head)),
    style: { head: [], border: [], compact: true },
  });
  for (const [story, ...more] of ROWS) {
    const found = [story, ...more].flatMap(({ person }) => cases.get(person)?.standing ?? []);
    const name = story.group ?? nameOf(story.person);
    table.push(rowOf(name, `${story.by}: ${story.title}`, found, 1 + more.length, paint));
  }
  for (const { name, story, standing } of others) table.push(rowOf(name, story, [standing], 1, paint));
  const names = [...CASE_COLUMNS, ...DEVICE_COLUMNS].map(([, head]) => head).join(' ');
  return `${table.toString()}\n${paint('gray', `gates: ${names}; the last five once per device`)}`;
}

function rowOf(
  name: string,
  story: string,
  found: readonly Case[],
  expected: number,
  paint: Paint,
): string[] {
  const missing = expected - found.length;
  const block = foremost(found.flatMap(({ blockedBy }) => blockedBy));
  return [
    name,
    story,
    each(found, (standing) => gates(standing, paint)),
    each(found, days, (all) => all.toSorted((a, b) => Number.parseInt(b) - Number.parseInt(a))[0] ?? ''),
    each(found, ({ custodies }) => each(custodies, ({ route }) => route)),
    each(found, ({ custodies }) => each(custodies, ({ disposition }) => disposition ?? '')),
    missing > 0
      ? paint('red', `${missing} missing`)
      : each(found, ({ state }) => paint(state === 'completed' ? 'green' : 'yellow', state)),
    block === null ? '' : `${wordsOf(block)} (${block.owner})`,
    expected === 1 ? (found[0]?.id ?? '') : `${found.length} cases`,
  ];
}

/** What is the same for all of them is said once, whatever differs in a row, or as `pick` makes one of it. */
function each<T>(
  all: readonly T[],
  tell: (one: T) => string,
  pick = (texts: readonly string[]): string => texts.join(', '),
): string {
  const texts = [...new Set(all.map(tell))].filter((text) => text !== '');
  return texts.length === 1 ? (texts[0] ?? '') : pick(texts);
}

function gates(standing: Case, paint: Paint): string {
  if (standing.state === 'cancelled') return '';
  const sign = (state: string | undefined): string => {
    const mark = markOf(state);
    return paint(mark.colour, mark.sign);
  };
  const ofCase = CASE_COLUMNS.map(([gate]) =>
    sign(standing.gates.find((one) => one.gate === gate)?.state),
  ).join('');
  const ofDevices = standing.custodies.map(({ gates: list }) =>
    DEVICE_COLUMNS.map(([gate]) => sign(list.find((one) => one.gate === gate)?.state)).join(''),
  );
  return [ofCase, ...ofDevices].join(' ');
}

/** From the leave's taking effect to the end, or to now. */
function days({ startedAt, closedAt }: Case): string {
  if (startedAt === null) return '';
  const end = closedAt === null ? Date.now() : Date.parse(closedAt);
  return `${Math.ceil((end - Date.parse(startedAt)) / DAY_MS)}${closedAt === null ? '+' : ''}`;
}

/** Every check as a line with ✓ or ✗, grouped by whom it is about; of people who are shown as one, those that do not hold. */
export function checkLines(checks: readonly Check[], paint: Paint): readonly string[] {
  const lineOf = ({ what, holds, found }: Check): string => {
    const sign = holds ? paint('green', '✓') : paint('red', '✗');
    return `  ${sign} ${what}${found === null ? '' : paint('red', ` — found: ${found.slice(0, 400)}`)}`;
  };
  const groups = new Map(
    ROWS.flatMap(([story, ...others]) =>
      others.length === 0 ? [] : [story, ...others].map(({ person }) => [nameOf(person), story.group ?? '']),
    ),
  );
  const titles = new Map(ROWS.map(([{ person, group, title }]) => [group ?? nameOf(person), title] as const));
  const byHead = Map.groupBy(checks, ({ about }) => groups.get(about) ?? about);
  return [...byHead].flatMap(([head, list]) => {
    const more = titles.has(head) ? `  ${titles.get(head)}` : '';
    const [common, own] = [
      list.filter(({ about }) => about !== head),
      list.filter(({ about }) => about === head),
    ];
    const failed = common.filter(({ holds }) => !holds);
    const summed =
      common.length === 0
        ? []
        : [
            `  ${failed.length === 0 ? paint('green', '✓') : paint('red', '✗')} ${common.length - failed.length} of ${common.length} checks as of any other leaver`,
          ];
    const named = failed.map((one) => lineOf({ ...one, what: `${one.about}: ${one.what}` }));
    return [paint('bold', head) + paint('gray', more), ...summed, ...named, ...own.map(lineOf)];
  });
}
