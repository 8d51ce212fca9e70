/** Asking for the evidence of a period, and waiting until every source has listed its people. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { fit } from './pages.ts';

/** First and last day, both included. */
export interface Days {
  readonly from: string;
  readonly until: string;
}

const Period = z.object({
  id: z.string(),
  seed: z.string(),
  finished: z.boolean(),
  sources: z.array(
    z.object({
      connector: z.string(),
      accounts: z.number(),
      leavers: z.number(),
      outcome: z.string().nullable(),
      failure: z.string().nullable(),
    }),
  ),
});
type Period = z.infer<typeof Period>;

const PAUSE_MS = 1_000;

/** Reads `2026-01-01..2026-03-31`. */
export function daysOf(text: string): Days {
  const [, from, until] = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/u.exec(text) ?? [];
  if (from !== undefined && until !== undefined && from <= until) return { from, until };
  throw new InvalidArgumentError('two days are expected, such as 2026-01-01..2026-03-31.');
}

/**
 * @param order What to ask for, or the id of a period that was asked for before.
 * @param unfinished Do not wait for sources that do not answer.
 * @returns The id, once every source has listed its people.
 */
export async function listedPeriod(
  api: ApiClient,
  order: string | (Days & { readonly seed?: string }),
  unfinished: boolean,
  tell: (line: string) => void,
): Promise<string> {
  let period = await first(api, order);
  if (typeof order !== 'string') tell(`Period ${period.id}, seed "${period.seed}".`);
  let told = '';
  for (;;) {
    const line = progress(period);
    if (line !== told) tell(line);
    told = line;
    if (period.finished || (unfinished && isStuck(period))) return period.id;
    await sleep(PAUSE_MS);
    period = await read(api, period.id);
  }
}

async function first(api: ApiClient, order: string | Days): Promise<Period> {
  if (typeof order === 'string') return read(api, order);
  return fit(Period, await api.post('/evidence/periods', order), '/evidence/periods');
}

async function read(api: ApiClient, id: string): Promise<Period> {
  const path = `/evidence/periods/${encodeURIComponent(id)}`;
  return fit(Period, await api.get(path), path);
}

/** Whoever has not finished has failed. */
function isStuck({ sources }: Period): boolean {
  return sources.every(({ outcome, failure }) => outcome !== null || failure !== null);
}

function progress({ sources }: Period): string {
  if (sources.length === 0) return 'No source of leavers is configured: cases stand alone.';
  return sources
    .map(({ connector, accounts, leavers, outcome, failure }) => {
      if (outcome === 'not-offered') return `${connector}: lets nobody list its people`;
      const state = outcome === 'listed' ? '' : failure === null ? ' so far' : ` so far (${failure})`;
      return `${connector}: ${accounts} accounts, ${leavers} left${state}`;
    })
    .join('; ');
}
