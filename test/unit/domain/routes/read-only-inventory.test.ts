/** An inventory that is only read: its record is closed by others, and the gate says whose move it is. */
import { describe, expect, test } from 'vitest';
import type { FactData } from '../../../../src/domain/fact-types.ts';
import type { RuleContext } from '../../../../src/domain/judgement.ts';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import { isLeavingToBeShown, LEFT_REFUSED } from '../../../../src/domain/rules/left.ts';
import { deadlinesOf, isBreached } from '../../../../src/domain/deadlines.ts';
import { contextAt, DAY, HOUR } from '../support/history.ts';
import { Story } from '../support/story.ts';

const READ = { connector: 'books', externalId: 'a1', matches: false, readOnly: true } as const;

const certified = () => new Story().wiped().scannedIn().transferred().certified();

function readBack(story: Story, data: Partial<FactData['closure.read-back']> = {}): Story {
  return story.add('closure.read-back', { epoch: 1, ...READ, readAt: story.state.opened.at, ...data });
}

function closing(story: Story, context: Partial<RuleContext>) {
  const judged = judgeCustody(story.state, contextAt(story.now, { policy: story.policy, ...context }));
  return judged.gates['inventory-closure'];
}

const ONLY_READ = { inventory: 'books', readOnlyInventories: ['books'] };

describe('an inventory that is only read', () => {
  test('is read once, and then waited for: no exception, whose move it is, until when', () => {
    const story = certified();
    expect(closing(story, ONLY_READ).step).toEqual({
      do: 'act',
      acts: [{ act: 'close-inventory', connector: 'books' }],
    });
    readBack(story);
    const { status, step } = closing(story, ONLY_READ);
    expect(status).toMatchObject({
      state: 'in-progress',
      blockedBy: [{ kind: 'action', code: 'closure-awaited', owner: 'asset-manager' }],
    });
    expect(step.do).toBe('wait');
  });

  test('escalates as every closure does, and names whom the policy names', () => {
    const story = certified();
    const handoff = { ...story.policy.handoff, owners: { closed: 'finance' } };
    const context = { ...ONLY_READ, policy: { ...story.policy, handoff } };
    readBack(story).later(30 * DAY);
    expect(closing(story, context).step).toMatchObject({
      records: [{ kind: 'escalation', gate: 'inventory-closure' }, { kind: 'escalation' }],
    });
    expect(closing(story, context).status.blockedBy).toMatchObject([{ owner: 'finance' }]);
  });

  test('closed there by others, read back, it is through', () => {
    const story = readBack(readBack(certified()), { matches: true });
    expect(closing(story, ONLY_READ).status.state).toBe('satisfied');
  });

  test('one that can be written is closed in its place, as soon as there is one', () => {
    const pair = { inventory: 'snipe', readOnlyInventories: ['books'] };
    const acts = [{ act: 'close-inventory', connector: 'snipe' }];
    expect(closing(certified(), pair).step).toEqual({ do: 'act', acts });
    expect(closing(readBack(certified()), pair).step).toEqual({ do: 'act', acts });
  });

  test('what we wrote ourselves and cannot read back is still an exception', () => {
    const story = certified();
    story.add('closure.read-back', {
      epoch: 1,
      connector: 'books',
      externalId: 'a1',
      matches: false,
      readAt: story.state.opened.at,
    });
    expect(closing(story, { inventory: 'books' }).step).toMatchObject({
      records: [{ code: 'inventory-mismatch' }],
    });
  });
});

describe('the status of what has left', () => {
  const left = () => new Story().wiped().scannedIn().transferred();
  const isToBeShown = (story: Story) => isLeavingToBeShown(story.state, story.policy);
  const shown = (story: Story) =>
    story.add('inventory.left', {
      epoch: 1,
      connector: 'books',
      externalId: 'a1',
      outcome: 'shown',
      readAt: story.state.opened.at,
    });

  test('is said once, from the handover until the record is about to be closed', () => {
    expect(isToBeShown(new Story().wiped().scannedIn())).toBe(false);
    expect(isToBeShown(left())).toBe(true);
    expect(isToBeShown(shown(left()))).toBe(false);
    expect(isToBeShown(left().certified())).toBe(false);
    expect(isToBeShown(left().certified().inTheBooks())).toBe(false);
  });

  test('refused, it is tried again only when somebody says so', () => {
    const refused = left().raised(LEFT_REFUSED, 'itad-handoff');
    expect(isToBeShown(refused)).toBe(false);
    expect(isToBeShown(refused.decided('leave'))).toBe(false);
    expect(isToBeShown(left().raised(LEFT_REFUSED, 'itad-handoff').decided('retry'))).toBe(true);
  });

  test('has a deadline of its own where the policy has one, kept by the status or by the closure', () => {
    const due = (story: Story, statusDueMs?: number) => {
      const handoff = { ...story.policy.handoff, ...(statusDueMs === undefined ? {} : { statusDueMs }) };
      const all = deadlinesOf(story.state, story.state.opened.at, null, { ...story.policy, handoff });
      return all.find(({ trigger }) => trigger === 'status');
    };
    expect(due(left())).toBeUndefined();
    const open = due(left(), 2 * HOUR);
    expect(open).toMatchObject({ owner: 'asset-manager', doneAt: null });
    expect(open !== undefined && isBreached(open, Date.parse(open.dueAt) + 1)).toBe(true);
    const kept = due(shown(left()), 2 * HOUR);
    expect(kept !== undefined && isBreached(kept, Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(due(left().certified().inTheBooks(), 2 * HOUR)?.doneAt).toBeTypeOf('string');
  });
});
