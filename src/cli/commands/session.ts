/** What every command that talks to the API does the same way. */
import type { Command } from 'commander';
import type { z } from 'zod';
import { apiAccess } from '../client/access.ts';
import { apiClient } from '../client/api-client.ts';
import type { ApiClient, Query } from '../client/api-client.ts';
import { readList } from '../client/pages.ts';
import type { Listing, ListOptions } from '../client/pages.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { painter } from '../output/paint.ts';
import type { Paint } from '../output/paint.ts';
import { wholeNumber } from './arguments.ts';

export interface Session {
  readonly api: ApiClient;
  readonly paint: Paint;
  readonly now: Date;
  /** Shows the answer: as it is with `--json`, else as text. */
  show(answer: unknown, text: () => string): void;
  /** Reads a list and shows it; says how to go on when there is more. */
  list<T>(list: ListSpec<T>): Promise<void>;
}

export interface ListSpec<T> {
  readonly path: string;
  readonly item: z.ZodType<T>;
  readonly query?: Query;
  readonly options: ListOptions;
  readonly text: (items: readonly T[]) => string;
  /** Said instead of an empty table. */
  readonly none: string;
}

/** A command's way to the API and back to who asked. */
export function session(options: GlobalOptions, io: Io): Session {
  const api = apiClient(apiAccess(io.env));
  const show: Session['show'] = (answer, text) => {
    io.out(options.json === true ? `${JSON.stringify(answer, null, io.terminal.isTty ? 2 : 0)}\n` : text());
  };
  return {
    api,
    paint: painter(io),
    now: io.now(),
    show,
    async list({ path, item, query, options: how, text, none }) {
      const listing: Listing<unknown> = await readList(api, path, item, how, query);
      const items = listing.items as readonly z.infer<typeof item>[];
      show({ items, next: listing.next }, () => (items.length === 0 ? `${none}\n` : text(items)));
      if (listing.next !== null && options.json !== true) {
        io.err(`There is more: --all shows everything, --cursor ${listing.next} goes on from here.\n`);
      }
    },
  };
}

const DEFAULT_LIMIT = 50;

/** Adds the options of a list to a command. */
export function withListOptions(command: Command): Command {
  return command
    .option('-n, --limit <number>', 'how many at most', wholeNumber, DEFAULT_LIMIT)
    .option('-a, --all', 'everything, page after page')
    .option('--cursor <cursor>', 'go on where an earlier list ended');
}

/** The list's part of a command's options. */
export function listOptionsOf(options: ListOptions): ListOptions {
  const { all, limit, cursor } = options;
  return { limit, ...(all === undefined ? {} : { all }), ...(cursor === undefined ? {} : { cursor }) };
}
