/** Wipes that must not be sent: forbidden by a legal hold, or stopped by the guard. */
import { nameOf } from '../cast.ts';
import { comesBack } from './returning.ts';
import { custodyOf, deviceOf, ended, gateOf, isThrough } from './stage.ts';
import type { Stage, Story } from './stage.ts';

const NOTICE_DAYS = 2;

export const legalHold: Story = {
  person: 'tara',
  title: 'legal hold since before the leave',
  by: 'Okta',
  begins: 1,
  ends: 'completed',
  async play(stage) {
    const device = deviceOf('tara');
    const holdId = await stage.desks.placeLegalHold(await stage.personId('tara'), 'litigation');
    stage.say('tara', 'legal places a hold: nothing of hers may be destroyed');
    await stage.days(NOTICE_DAYS);
    stage.say('tara', 'is deactivated in Okta: access is cut, the laptop must keep its data');
    await stage.vendors.oktaAdminDeactivates('tara');
    await Promise.all([comesBack(stage, 'tara', device), isHeld(stage)]);
    stage.say('tara', 'the laptop is back, and held: no wipe while the hold stands');
    // Near the end of the month, and not into a wipe limit that holds everything.
    await stage.watch.until('the wipe limit to be released', () => stage.seen.has('limit-is-released'));
    await stage.days(1);
    stage.say('tara', 'legal lifts the hold: the wipe may go');
    await stage.desks.liftLegalHold(holdId, 'settled');
    await ended(stage, 'tara', 'completed');
  },
};

async function isHeld(stage: Stage): Promise<void> {
  const device = deviceOf('tara');
  await stage.watch.until('the wipe of the laptop of tara to be held', () => {
    const standing = stage.watch.caseOf('tara');
    const isCut = isThrough(standing?.gates.find(({ gate }) => gate === 'access-cut')?.state);
    return isCut && gateOf(custodyOf(standing, device), 'wipe')?.state === 'held';
  });
}

/** Who never had it. */
const OTHER = 'kofi';

export const bookedOnAnother: Story = {
  person: 'uri',
  title: 'the guard stops a mismatch',
  by: 'Okta',
  begins: 5,
  ends: 'completed',
  async play(stage) {
    const device = deviceOf('uri');
    await stage.vendors.booksOnSomebodyElse(device, OTHER);
    stage.say('uri', `is deactivated in Okta; somebody books the laptop on ${nameOf(OTHER)} meanwhile`);
    await stage.vendors.oktaAdminDeactivates('uri');
    await Promise.all([comesBack(stage, 'uri', device), mismatchApproved(stage)]);
    await ended(stage, 'uri', 'completed');
  },
};

/** At discovery already, when that was asked again after a crash; otherwise by the guard. */
const MISMATCHES: ReadonlySet<string> = new Set(['wipe-refused', 'holder-mismatch']);

async function mismatchApproved(stage: Stage): Promise<void> {
  const device = deviceOf('uri');
  const custody = await stage.watch.until('the wipe of the laptop of uri to be refused', () => {
    const found = custodyOf(stage.watch.caseOf('uri'), device);
    return found?.blockedBy.some(({ kind, code }) => kind === 'decision' && MISMATCHES.has(code))
      ? found
      : null;
  });
  const [reason] = custody.refusal?.reasons ?? [];
  stage.say('uri', `nothing is sent, says the guard: ${reason?.sentence ?? 'the holder does not add up'}`);
  await stage.days(1);
  const decision = await stage.twoPeople.ask({
    kind: 'approve-mismatch',
    deviceId: custody.deviceId,
    reason: `it never left the desk of ${nameOf('uri')}`,
  });
  stage.say('uri', 'the operator on duty has found it at his desk, and asks to approve the mismatch');
  stage.say('uri', `approves it herself? ${await stage.twoPeople.decideAlone(decision)}`);
  stage.seen.add('mismatch-needs-two');
  await stage.days(0.5);
  if (!(await stage.twoPeople.approve(decision))) return mismatchApproved(stage);
  stage.say('uri', 'a second person approves it: the guard judges anew');
}
