/** The morning on which a site closes: more wipes at once than the limit lets through. */
import { DEVICES } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import { HeldWipes } from '../engine/shapes.ts';
import { comesBack } from './returning.ts';
import { custodyOf, deviceOf, ended, gateOf, isThrough } from './stage.ts';
import type { Stage, Story } from './stage.ts';

export const SITE = 'Site closes';
export const LEAVERS: readonly PersonKey[] = [
  'abel',
  'bela',
  'cora',
  'dario',
  'elif',
  'finn',
  'gita',
  'hugo',
];

/** Each of them has a device that comes back; what makes them leave is the morning. */
export const siteLeavers: readonly Story[] = LEAVERS.map((person) => ({
  person,
  title: `${LEAVERS.length} leave at once: the wipe limit`,
  by: 'HR',
  begins: 0,
  ends: 'completed',
  group: SITE,
  async play(stage) {
    await comesBack(stage, person, deviceOf(person));
    await ended(stage, person, 'completed');
  },
}));

const BEGINS = 15;
/** So many wipes of others have been sent by then that the limit cannot let all of the morning's through. */
export const WIPES_BEFORE = 9;

export async function playMorning(stage: Stage): Promise<void> {
  await stage.days(BEGINS);
  await isQuiet(stage);
  stage.say(null, `HR: a site closes, ${LEAVERS.length} people leave at the same moment`);
  await stage.vendors.siteCloses(LEAVERS, 2);
  await stage.watch.until('every wipe of the morning to be sent or held', () =>
    LEAVERS.every((key) => {
      const state = gateOf(custodyOf(stage.watch.caseOf(key), deviceOf(key)), 'wipe')?.state;
      return state === 'held' || isThrough(state);
    }),
  );
  const { allowed } = await stage.desks.readWipeLimit();
  stage.say(null, `the wipe limit of ${allowed} is reached: everything destructive waits`);
  await released(stage);
  stage.seen.add('limit-is-released');
}

/** Okta answers, a retire that a reached limit would stop is done, and enough wipes are behind us. */
async function isQuiet(stage: Stage): Promise<void> {
  await stage.watch.until('a morning on which a site may close', () => {
    const phone = custodyOf(stage.watch.caseOf('vera'), deviceOf('vera'));
    return stage.seen.has('okta-is-back') && isThrough(gateOf(phone, 'wipe')?.state);
  });
  while ((await stage.desks.readWipeLimit()).used < WIPES_BEFORE) await stage.days(0.5);
}

/** Asked for with the list in view, and again when the list has changed before somebody approved. */
async function released(stage: Stage): Promise<void> {
  const inView = await stage.desks.heldWipes('duty');
  const names = inView.map(({ serial }) => DEVICES.find((device) => device.serial === serial)?.assignedTo);
  stage.say(
    null,
    `the operator on duty looks at the ${inView.length} that are held (${names.join(', ')}) and asks for their release`,
  );
  const decision = await stage.twoPeople.ask({ kind: 'release-wipe-limit', reason: 'the site does close' });
  if (!isSame(HeldWipes.parse(decision.subject).held, inView)) return released(stage);
  stage.say(null, `releases them herself? ${await stage.twoPeople.decideAlone(decision)}`);
  stage.seen.add('release-needs-two');
  await stage.days(1);
  const list = await stage.desks.heldWipes('approver');
  const isAsAsked = isSame(HeldWipes.parse(decision.subject).held, list);
  if (!isAsAsked || !(await stage.twoPeople.approve(decision))) {
    stage.say(null, 'another wipe was held meanwhile: the request is void');
    return released(stage);
  }
  stage.say(null, `a second person releases exactly these ${list.length}: each is judged anew`);
}

function isSame(
  one: readonly { readonly deviceId: string }[],
  other: readonly { readonly deviceId: string }[],
): boolean {
  const ids = (list: typeof one): string =>
    list
      .map(({ deviceId }) => deviceId)
      .toSorted()
      .join(' ');
  return ids(one) === ids(other);
}
