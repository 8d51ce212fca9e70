import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run demo -- [options]

Plays a compressed month of offboardings, about a day a second, against simulated vendors.

  --keep            stay up afterwards, and say where everything is
  --seed <number>   shifts the order and the moments of what happens outside
  --kill <number>   kill -9 the api, the worker, PostgreSQL or Temporal at random moments of that seed; the end must be the same
  --limit <minutes> give up after that long (8)
  --help
`;

export interface Options {
  readonly keep: boolean;
  readonly seed: number;
  /** Seed of the kills; `null` = none. */
  readonly kill: number | null;
  readonly limitMs: number;
  readonly help: boolean;
}

/** @throws Error for an option that is unknown or no number. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keep: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      kill: { type: 'string' },
      limit: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    keep: values.keep,
    seed: number('--seed', values.seed),
    kill: values.kill === undefined ? null : number('--kill', values.kill),
    limitMs: number('--limit', values.limit) * 60_000,
    help: values.help,
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} takes a number, not ${text}`);
  return value;
}
