/** One line per change, for logs and pipes. */
import { DEVICES, nameOf } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import type { Case } from '../engine/shapes.ts';
import type { Screen } from './screen.ts';
import { CASE_COLUMNS, DEVICE_COLUMNS, markOf, waitsFor } from './terms.ts';

export function createPlainScreen(stream: NodeJS.WriteStream): Screen {
  const told = new Map<PersonKey, ReadonlyMap<string, string>>();
  const write = (day: number, who: PersonKey | null, text: string): void => {
    const name = who === null ? '' : nameOf(who);
    stream.write(`day ${String(Math.floor(day)).padStart(3)}  ${name.padEnd(15)}  ${text}\n`);
  };
  return {
    line: (text) => void stream.write(`${text}\n`),
    say: (day, who, text) => write(day, who, `» ${text}`),
    show(day, standings) {
      for (const { key, standing } of standings) {
        if (standing === null) continue;
        const now = linesOf(standing);
        const before = told.get(key);
        for (const [what, text] of now) if (before?.get(what) !== text) write(day, key, text);
        told.set(key, now);
      }
    },
    close: () => undefined,
  };
}

/** What can be told of a case, by what it is about. Gates that have not begun are no news. */
function linesOf(standing: Case): ReadonlyMap<string, string> {
  const lines = new Map<string, string>([['state', `case ${standing.state}`]]);
  if (standing.state === 'cancelled' || standing.state === 'scheduled') return lines;
  const tell = (what: string, name: string, state: string | undefined): void => {
    if (state !== undefined && state !== 'waiting') lines.set(what, `${markOf(state).sign} ${name} ${state}`);
  };
  for (const [gate] of CASE_COLUMNS) tell(gate, gate, standing.gates.find((one) => one.gate === gate)?.state);
  for (const { serial, gates } of standing.custodies) {
    const model = DEVICES.find((device) => device.serial === serial)?.model ?? serial;
    for (const [gate] of DEVICE_COLUMNS)
      tell(`${serial}:${gate}`, `${model}: ${gate}`, gates.find((one) => one.gate === gate)?.state);
  }
  const urgent = standing.blockedBy.some(({ kind }) => kind === 'decision' || kind === 'source');
  if (urgent) lines.set('waits', `! waits for ${waitsFor(standing)}`);
  return lines;
}
