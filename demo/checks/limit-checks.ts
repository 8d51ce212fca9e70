/** The wipe limit on the morning on which a site closes, by the sandbox's own count. */
import { DEVICES } from '../cast.ts';
import { HeldWipes } from '../engine/shapes.ts';
import { LEAVERS, SITE } from '../stories/morning.ts';
import { check } from './check.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { wipesOf } from './wipes.ts';

export function limitChecks(evidence: Evidence): readonly Check[] {
  const { decisions, limit, effects, seen } = evidence;
  const releases = decisions.filter(({ kind }) => kind === 'release-wipe-limit');
  const [release] = releases;
  if (release === undefined || release.decidedAt === null)
    return [check(SITE, 'the wipe limit was released', false, 'no release was approved')];
  const releasedAt = release.decidedAt;
  const wipes = effects.filter(({ kind }) => kind === 'wipe');
  const before = wipes.filter(({ at }) => at <= releasedAt).length;
  const after = wipes.length - before;
  const held = heldKeys(evidence, HeldWipes.parse(release.subject).held);
  const ofSite = held.filter((key) => LEAVERS.some((person) => key.startsWith(`${person}-`)));
  const freed = held.map((key) => wipesOf(evidence, key));
  return [
    check(
      SITE,
      `${before} wipes before the release, no more than the limit of ${limit.allowed}; ${after} after it`,
      before <= limit.allowed && after > 0 && after <= limit.allowed,
      wipes.map(({ at, key }) => `${at} ${key}`),
    ),
    check(
      SITE,
      `${held.length} wipes were held, ${ofSite.length} of them of the site`,
      ofSite.length > 0,
      held,
    ),
    check(
      SITE,
      'each of those devices was wiped once, after the release',
      freed.every((list) => list.length === 1 && list.every(({ at }) => at > releasedAt)),
      freed,
    ),
    check(
      SITE,
      'one person asked for the release, once, was refused to release it, and another did',
      releases.length === 1 && release.requestedBy !== release.decidedBy && seen.has('release-needs-two'),
      releases,
    ),
    check(SITE, 'nothing is held any more', !limit.held, limit),
  ];
}

/** The cast's keys of devices that the engine knows by ids of its own. */
function heldKeys({ cases }: Evidence, held: readonly { readonly deviceId: string }[]): readonly string[] {
  const serials = new Map(
    [...cases.values()].flatMap(({ standing }) =>
      standing.custodies.map(({ deviceId, serial }) => [deviceId, serial] as const),
    ),
  );
  return held.map(({ deviceId }) => {
    const serial = serials.get(deviceId);
    return DEVICES.find((device) => device.serial === serial)?.key ?? deviceId;
  });
}
