/** When a wipe may begin, by the policy, the class of the device and the leaver's group. */
import type { CustodyState } from '../custody-state.ts';
import { isMeant } from '../people-groups.ts';
import type { RuleContext } from '../judgement.ts';
import type { WipeTiming } from '../policy.ts';
import { toMs } from '../time.ts';
import { openedAt } from './standing.ts';

/**
 * @returns Epoch milliseconds; `null` while it is not known (it waits for the return). What is lost or stolen waits for
 * nothing.
 */
export function wipeBegins(custody: CustodyState, { policy }: RuleContext): number | null {
  const opened = openedAt(custody);
  if (custody.lostReported !== null || custody.route === 'lost')
    return Math.max(opened, toMs(custody.lostReported?.at ?? custody.routeChanged?.at ?? custody.opened.at));
  const timing = policy.wipe.timing.find((one) => fits(one, custody));
  if (timing?.when === 'after-grace') return opened + timing.graceMs;
  if (timing?.when === 'on-return')
    return custody.returned === null ? null : Math.max(opened, toMs(custody.returned.at));
  return opened;
}

function fits(timing: WipeTiming, { opened }: CustodyState): boolean {
  const { platforms, ownerships } = timing;
  const { platform, ownership, leaver } = opened.data;
  return (
    (platforms?.includes(platform) ?? true) &&
    (ownerships?.includes(ownership) ?? true) &&
    isMeant(timing, leaver ?? { country: null, group: null })
  );
}
