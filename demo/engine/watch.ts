/** Watches every case over the API, and tells what changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PEOPLE } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import type { EngineClient } from './client.ts';
import { readAll } from './lists.ts';
import { Case, CaseSummary, Person } from './shapes.ts';

export interface Watch {
  /** The newest case of a person, as last read. */
  caseOf(key: PersonKey): Case | null;
  cases(): readonly { readonly key: PersonKey; readonly standing: Case }[];
  /** Called after every reading. */
  onRead(act: () => void): void;
  /** Resolves with the first answer of `find` that is neither null nor undefined nor false, tried after every reading. */
  until<T>(what: string, find: () => T | null | undefined | false): Promise<T>;
  /** What is being waited for at this moment. */
  waits(): readonly string[];
  /** Everybody whom the engine knows so far, by the cast's key. */
  people(): Promise<ReadonlyMap<string, PersonKey>>;
  /** Reads until the signal of the demo. */
  run(): Promise<void>;
}

const EVERY_MS = 400;
/** An open case is read again after so many rounds even if the list shows no change: deadlines pass. */
const AGAIN_AFTER_ROUNDS = 4;

export function watchCases(client: EngineClient, signal: AbortSignal): Watch {
  const standings = new Map<PersonKey, Case>();
  const seen = new Map<string, { readonly digest: string; readonly round: number }>();
  const keys = new Map<string, PersonKey>();
  const listeners: (() => void)[] = [];
  const waiting = new Set<{ readonly what: string; readonly tryAgain: () => void }>();

  async function people(): Promise<ReadonlyMap<string, PersonKey>> {
    const byEmail = new Map(PEOPLE.map((person) => [person.workEmail, person.key]));
    for (const { id, workEmail } of await readAll(client, 'operator', '/people', Person)) {
      const key = workEmail === null ? undefined : byEmail.get(workEmail.toLowerCase());
      if (key !== undefined) keys.set(id, key);
    }
    return keys;
  }

  async function read(round: number): Promise<void> {
    // Newest first: an older case of the same person is history.
    const newest = new Map<PersonKey, CaseSummary>();
    for (const summary of await readAll(client, 'viewer', '/cases', CaseSummary)) {
      const key = keys.get(summary.personId ?? '');
      if (key !== undefined && !newest.has(key)) newest.set(key, summary);
    }
    for (const [key, summary] of newest) {
      const digest = JSON.stringify(summary);
      const before = seen.get(summary.id);
      const ended = summary.state !== 'open' && summary.state !== 'scheduled';
      const stale = before === undefined || (!ended && round - before.round >= AGAIN_AFTER_ROUNDS);
      if (before?.digest === digest && !stale) continue;
      standings.set(key, await client.get('viewer', `/cases/${summary.id}`, Case));
      seen.set(summary.id, { digest, round });
    }
  }

  return {
    caseOf: (key) => standings.get(key) ?? null,
    cases: () => [...standings].map(([key, standing]) => ({ key, standing })),
    onRead: (act) => void listeners.push(act),
    until(what, find) {
      return new Promise((resolve, reject) => {
        const wait = {
          what,
          tryAgain: (): void => {
            try {
              const found = find();
              if (found === null || found === undefined || found === false) return;
              waiting.delete(wait);
              resolve(found);
            } catch (error) {
              waiting.delete(wait);
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          },
        };
        waiting.add(wait);
        signal.addEventListener('abort', () => reject(new Error(`gave up waiting: ${what}`)), { once: true });
        wait.tryAgain();
      });
    },
    waits: () => [...waiting].map(({ what }) => what),
    people,
    async run() {
      for (let round = 0; !signal.aborted; round += 1) {
        await read(round);
        for (const { tryAgain } of waiting) tryAgain();
        for (const act of listeners) act();
        await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
