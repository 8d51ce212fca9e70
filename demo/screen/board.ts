/** The board on a terminal: a line per case, gates that light up, and the newest happenings below. */
import { styleText } from 'node:util';
import { DEVICES, nameOf } from '../cast.ts';
import type { Case } from '../engine/shapes.ts';
import { ROWS } from '../stories/index.ts';
import type { Screen, Standing } from './screen.ts';
import { CASE_COLUMNS, DEVICE_COLUMNS, LEGEND, markOf, togetherOf, waitsFor } from './terms.ts';
import type { Mark } from './terms.ts';

const HAPPENINGS = 6;
const NAME_WIDTH = 15;
const MILESTONES = [
  ['accessSecured', 'A'],
  ['dataSecured', 'D'],
  ['recovered', 'R'],
  ['closed', 'C'],
] as const;

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';

export function createBoard(stream: NodeJS.WriteStream): Screen {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    styleText(format, text, { stream });
  const happenings: string[] = [];
  let latest: { readonly day: number; readonly standings: readonly Standing[] } | null = null;
  let height = 0;

  function erase(): void {
    if (height > 0) stream.write(`\u001B[${height}A\u001B[0J`);
    height = 0;
  }

  function draw(): void {
    erase();
    if (latest === null) return;
    const room = Math.max(4, (stream.rows ?? 40) - 1);
    const rows = board(latest.day, latest.standings);
    // On a small terminal what happens gives way, but not all of it.
    const news = Math.max(2, Math.min(HAPPENINGS, room - rows.length - 1));
    const lines = [...rows.slice(0, room - news - 1), '', ...happenings.slice(-news)];
    stream.write(lines.map((line) => `${clip(line, (stream.columns ?? 100) - 1)}\u001B[0m\n`).join(''));
    height = lines.length;
  }

  function board(day: number, standings: readonly Standing[]): readonly string[] {
    const heads = [...CASE_COLUMNS, ...DEVICE_COLUMNS].map(([, head]) => head.padEnd(7)).join('');
    return [
      '',
      `${paint('bold', `Day ${String(Math.floor(day)).padStart(2)}`)}   ${paint('gray', LEGEND)}`,
      paint('gray', `${''.padEnd(NAME_WIDTH)} ${heads}${'secured'.padEnd(9)}waits for`),
      ...ROWS.map((stories) => rowOf(stories, standings)),
    ];
  }

  function rowOf(stories: (typeof ROWS)[number], standings: readonly Standing[]): string {
    const found = stories.flatMap(
      ({ person }) => standings.find(({ key }) => key === person)?.standing ?? [],
    );
    const [story, ...others] = stories;
    const [first] = found;
    const name = (story.group ?? nameOf(story.person)).padEnd(NAME_WIDTH);
    if (first === undefined)
      return paint('gray', `${name} ${''.padEnd(7 * 7 + 9)}${story.by}: ${story.title}`);
    return others.length === 0 ? row(name, first) : groupRow(name, found, stories.length);
  }

  function row(name: string, standing: Case): string {
    const cells = [
      ...CASE_COLUMNS.map(([gate]) => caseCell(standing, gate)),
      ...DEVICE_COLUMNS.map(([gate]) => deviceCell(standing, gate)),
    ];
    return `${paint(nameColour(standing), name)} ${cells.join('')}${milestones(standing)}${paint(waitColour(standing), waitsFor(standing))}`;
  }

  /** People who leave by the same event, in one row: how many are through at each gate. */
  function groupRow(name: string, found: readonly Case[], count: number): string {
    const states = (of: (one: Case) => string | undefined): string => {
      const { sign, colour } = togetherOf(Array.from({ length: count }, (_, at) => stateAt(found, at, of)));
      return paint(colour, sign.padEnd(7));
    };
    const cells = [
      ...CASE_COLUMNS.map(([gate]) => states((one) => one.gates.find((each) => each.gate === gate)?.state)),
      ...DEVICE_COLUMNS.map(([gate]) =>
        states((one) => one.custodies[0]?.gates.find((each) => each.gate === gate)?.state),
      ),
    ];
    const open = found.find(({ blocked }) => blocked) ?? found.find(({ state }) => state !== 'completed');
    const standing = open ?? found[0];
    const rest = standing === undefined ? '' : paint(waitColour(standing), waitsFor(standing));
    const colour = open === undefined ? 'green' : nameColour(open);
    return `${paint(colour, name)} ${cells.join('')}${''.padEnd(9)}${rest}`;
  }

  function caseCell(standing: Case, gate: string): string {
    if (standing.state === 'cancelled' || standing.state === 'scheduled') return cell([markOf(undefined)]);
    return cell([markOf(standing.gates.find((one) => one.gate === gate)?.state)]);
  }

  function deviceCell({ custodies, state }: Case, gate: string): string {
    if (custodies.length === 0) return cell([markOf(state === 'completed' ? 'not-applicable' : undefined)]);
    return cell(
      byDevice(custodies).map((custody) => markOf(custody.gates.find((one) => one.gate === gate)?.state)),
    );
  }

  function cell(marks: readonly Mark[]): string {
    return (
      marks.map(({ sign, colour }) => paint(colour, sign)).join('') + ''.padEnd(Math.max(0, 7 - marks.length))
    );
  }

  function milestones({ milestones: reached }: Case): string {
    return `${MILESTONES.map(([name, sign]) => (reached[name] === null ? paint('gray', '·') : paint('green', sign))).join('')}     `;
  }

  return {
    line(text) {
      erase();
      stream.write(`${text}\n`);
      draw();
    },
    say(day, who, text) {
      const name = who === null ? '' : `${paint('bold', nameOf(who))} `;
      happenings.push(`${paint('gray', `day ${String(Math.floor(day)).padStart(2)}`)}  ${name}${text}`);
      draw();
    },
    show(day, standings) {
      if (latest === null) stream.write(HIDE_CURSOR);
      latest = { day, standings };
      draw();
    },
    close() {
      if (latest === null) return;
      latest = null;
      // The last board stays where it is.
      height = 0;
      stream.write(SHOW_CURSOR);
    },
  };
}

function stateAt(
  found: readonly Case[],
  at: number,
  of: (one: Case) => string | undefined,
): string | undefined {
  const one = found[at];
  return one === undefined ? undefined : of(one);
}

function byDevice<T extends { readonly serial: string }>(custodies: readonly T[]): readonly T[] {
  const order = DEVICES.map(({ serial }) => serial);
  return custodies.toSorted((a, b) => order.indexOf(a.serial) - order.indexOf(b.serial));
}

function nameColour({ state, blocked }: Case): 'green' | 'gray' | 'red' | 'white' {
  if (state === 'completed') return 'green';
  if (state === 'cancelled') return 'gray';
  return blocked ? 'red' : 'white';
}

function waitColour({ state, blockedBy }: Case): 'green' | 'gray' | 'red' | 'white' {
  if (state === 'completed') return 'green';
  return blockedBy.some(({ kind }) => kind === 'decision' || kind === 'source') ? 'red' : 'gray';
}

/** At most so many columns, colours not counted. */
function clip(line: string, columns: number): string {
  let shown = 0;
  let isColour = false;
  let result = '';
  for (const sign of line) {
    if (sign === '\u001B') isColour = true;
    if (isColour || shown < columns) result += sign;
    if (!isColour) shown += 1;
    if (isColour && sign === 'm') isColour = false;
  }
  return result;
}
