/** The table at the end, and the checks. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Check } from '../checks/check.ts';
import { nameOf } from '../cast.ts';
import type { Case } from '../engine/shapes.ts';
import { STORIES } from '../stories/index.ts';
import { DAY_MS } from '../stories/stage.ts';
import { CASE_COLUMNS, DEVICE_COLUMNS, foremost, markOf, wordsOf } from './terms.ts';

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

export function painter(stream: NodeJS.WriteStream): Paint {
  return (format, text) => styleText(format, text, { stream });
}

/** A row per case: its gates, the days it took, what is open and why, whose move it is. */
export function caseTable(cases: ReadonlyMap<string, { readonly standing: Case }>, paint: Paint): string {
  const heads = ['case', 'story', 'gates', 'days', 'state', 'open because', 'whose move', 'id'];
  const table = new Table({
    head: heads.map((head) => paint('bold', head)),
    style: { head: [], border: [], compact: true },
  });
  for (const { person, by, title } of STORIES) {
    const standing = cases.get(person)?.standing;
    const block = standing === undefined ? null : foremost(standing.blockedBy);
    table.push([
      nameOf(person),
      `${by}: ${title}`,
      standing === undefined ? '' : gates(standing, paint),
      standing === undefined ? '' : days(standing),
      standing === undefined
        ? paint('red', 'none')
        : paint(standing.state === 'completed' ? 'green' : 'yellow', standing.state),
      block === null ? '' : wordsOf(block),
      block?.owner ?? '',
      standing?.id ?? '',
    ]);
  }
  const names = [...CASE_COLUMNS, ...DEVICE_COLUMNS].map(([, head]) => head).join(' ');
  return `${table.toString()}\n${paint('gray', `gates: ${names}; the last five once per device`)}`;
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

/** Every check as a line with ✓ or ✗, grouped by whom it is about. */
export function checkLines(checks: readonly Check[], paint: Paint): readonly string[] {
  const groups = Map.groupBy(checks, ({ about }) => about);
  return [...groups].flatMap(([about, list]) => {
    const person = STORIES.find(({ person: key }) => nameOf(key) === about);
    const more = person === undefined ? '' : `  ${person.title}`;
    return [
      paint('bold', about) + paint('gray', more),
      ...list.map(({ what, holds, found }) => {
        const sign = holds ? paint('green', '✓') : paint('red', '✗');
        return `  ${sign} ${what}${found === null ? '' : paint('red', ` — found: ${found.slice(0, 400)}`)}`;
      }),
    ];
  });
}
