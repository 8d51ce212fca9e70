/** The `handback` command as several people use it, each with a token of their own. */
import { tokenOf } from '../../api/support/api.ts';
import type { DecisionBench } from '../../api/support/decision-bench.ts';
import { SECOND } from '../../api/support/decisions.ts';
import type { Who } from '../../api/support/decisions.ts';
import { handback, json } from './command.ts';
import type { Ran } from './command.ts';

export interface Commands {
  /** @param typed What somebody at the terminal types; absent: nobody is there. */
  run(who: Who, args: readonly string[], typed?: string): Promise<Ran>;
  as(who: Who, ...args: readonly string[]): Promise<Ran>;
  /** Asks for a decision. @returns Its id. @throws when there is nothing to decide. */
  asked(who: Who, ...args: readonly string[]): Promise<string>;
  stateOf(decision: string): Promise<unknown>;
}

export function commandsOn(bench: () => DecisionBench): Commands {
  const run: Commands['run'] = (who, args, typed) => {
    const token = who === 'second' ? SECOND.token : tokenOf(who);
    const env = { HANDBACK_URL: bench().api.url, HANDBACK_TOKEN: token };
    return handback(args, { env, ...(typed !== undefined && { typed }) });
  };
  const as: Commands['as'] = (who, ...args) => run(who, args);
  return {
    run,
    as,
    async asked(who, ...args) {
      const ran = await as(who, 'request', ...args, '--reason', 'ticket 4711', '--json');
      if (ran.code !== 0) throw new Error(ran.err);
      return String(json(ran)['id']);
    },
    stateOf: async (id) => json(await as('viewer', 'decisions', 'show', id, '--json'))['state'],
  };
}
