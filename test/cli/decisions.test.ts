/** The commands with which two people decide, against a real API with a database. */
import { describe, expect, test } from 'vitest';
import { policy } from '../api/support/api.ts';
import { useDecisionBench } from '../api/support/decision-bench.ts';
import type { Who } from '../api/support/decisions.ts';
import { lastFact, typesIn } from '../api/support/facts.ts';
import { json } from './support/command.ts';
import { commandsOn } from './support/deciders.ts';

const DAY_MS = 86_400_000;
const bench = useDecisionBench();
const { run, as, asked, stateOf } = commandsOn(bench);

describe('handback approve', () => {
  test('shows what waits for a second person: what exactly, by whom, why, until when', async () => {
    const { deviceId, serial } = await bench().oneDevice();
    const said = await as('operator', 'request', 'wipe', deviceId, '--reason', 'it left on Friday');
    expect(said.out).toMatch(
      new RegExp(
        `^Asked: wipe ${serial}, once \\(attempt 1\\)\\.\\nAnother person .*approve dcn_\\w{26}`,
        'u',
      ),
    );
    const { code, out } = await as('viewer', 'approve');
    expect(code).toBe(0);
    expect(out).toMatch(/^decision +kind +what exactly +asked by +reason +expires/u);
    expect(out).toMatch(
      new RegExp(
        `approve-wipe +wipe ${serial}, once \\(attempt 1\\) +token:t-operator +it left on Friday +\\d{4}-.*\\(in \\d+`,
        'u',
      ),
    );
  });

  test('shows exactly what is decided and asks; yes approves it, anything else does nothing', async () => {
    const { deviceId, caseId, serial, stream } = await bench().oneDevice();
    const id = await asked('operator', 'wipe', deviceId);
    for (const typed of ['', 'n', 'yess']) {
      const no = await run('approver', ['approve', id], typed);
      expect([no.code, no.err]).toEqual([1, 'Approve this? [y/N] handback: nothing was approved\n']);
    }
    expect(await stateOf(id)).toBe('requested');
    const yes = await run('approver', ['approve', id], 'y');
    expect(yes.code).toBe(0);
    for (const text of [id, deviceId, caseId, serial, `intune-${serial}`, 'ticket 4711', 'token:t-operator'])
      expect(yes.out).toContain(text);
    expect(yes.out).toMatch(new RegExp(`Approved ${id}: wipe ${serial}, once \\(attempt 1\\)\\.\\n$`, 'u'));
    expect((await lastFact(bench().api.db, stream, 'wipe.approved')).actor).toBe('token:t-approver');
  });

  test('with --json standard output is the decision alone; the question is asked beside it', async () => {
    const { deviceId, serial } = await bench().oneDevice();
    const id = await asked('operator', 'vendor-sanitises', deviceId);
    const ran = await run('approver', ['approve', id, '--json'], 'yes');
    expect(json(ran)).toMatchObject({ id, state: 'approved', decidedBy: 'token:t-approver' });
    expect(ran.err).toContain(`${serial} leaves sealed`);
  });

  test('where nobody is at the terminal it needs --yes, and sends nothing without', async () => {
    const { deviceId } = await bench().oneDevice();
    const id = await asked('operator', 'wipe', deviceId);
    const without = await as('approver', 'approve', id);
    expect([without.code, without.out]).toEqual([2, '']);
    expect(without.err).toMatch(/^handback: nobody is at the terminal.*say --yes/u);
    expect(await stateOf(id)).toBe('requested');
    expect((await as('approver', 'approve', id, '--yes')).code).toBe(0);
    expect(await stateOf(id)).toBe('approved');
  });

  test('is not for who asked', async () => {
    const { deviceId } = await bench().oneDevice();
    const id = await asked('approver', 'wipe', deviceId);
    const { code, err } = await run('approver', ['approve', id], 'y');
    expect(code).toBe(1);
    expect(err).toMatch(/a second person is needed \(second-person-needed\)\n$/u);
    expect((await as('operator', 'approve', id, '--yes')).err).toContain('the token has no role');
    expect(await stateOf(id)).toBe('requested');
  });

  test('what nobody decided in time is expired: not in the list, not asked about, asked for anew', async () => {
    const { deviceId } = await bench().oneDevice();
    const id = await asked('operator', 'wipe', deviceId);
    bench().wait(policy.decisions.lifeMs);
    expect((await as('viewer', 'approve', '--all')).out).not.toContain(id);
    expect((await as('viewer', 'decisions', 'list', '--all', '--state', 'expired')).out).toContain(id);
    const { code, err } = await run('approver', ['approve', id], 'y');
    expect([code, err]).toEqual([
      1,
      'handback: Nobody decided in time: ask for it again (decision-expired)\n',
    ]);
    expect(await asked('operator', 'wipe', deviceId)).not.toBe(id);
  });

  test('what has changed since it was asked for is void, and says what', async () => {
    const { deviceId, caseId } = await bench().oneDevice();
    const wipe = await asked('operator', 'wipe', deviceId);
    const route = await asked('operator', 'route', deviceId, 'redeploy');
    await bench().agree('change-route', { deviceId, to: 'lessor-return' });
    expect((await as('approver', 'approve', route, '--yes')).err).toMatch(
      /ask for it again \(decision-void\); what exactly it is about has changed since\n$/u,
    );
    await as('operator', 'case', 'cancel', caseId);
    const { code, err } = await as('approver', 'approve', wipe, '--yes');
    expect([code, err]).toEqual([1, expect.stringContaining('The device has no open custody')]);
    expect([await stateOf(wipe), await stateOf(route)]).toEqual(['void', 'void']);
  });
});

test('refused by another, withdrawn by who asked; each tells', async () => {
  const { deviceId, serial, stream } = await bench().oneDevice();
  const first = await asked('operator', 'wipe', deviceId);
  expect((await as('approver', 'refuse', first)).out).toBe(
    `Refused ${first}: wipe ${serial}, once (attempt 1).\n`,
  );
  const second = await asked('operator', 'wipe', deviceId);
  expect((await as('asset-manager', 'withdraw', second)).err).toContain(
    'Only who asked for it may withdraw it',
  );
  expect((await as('operator', 'withdraw', second)).out).toMatch(/^Withdrawn dcn_/u);
  expect((await as('approver', 'approve', second, '--yes')).err).toContain('decision-made');
  expect(await typesIn(bench().api.db, stream)).not.toContain('wipe.approved');
});

describe('handback request', () => {
  test('asks for every kind, with what it needs, and says what exactly was asked for', async () => {
    const { deviceId, serial, caseId } = await bench().oneDevice();
    const other = await bench().oneDevice({ mdmNames: 'x9' });
    await as('operator', 'device', 'lost', deviceId, '--reason', 'left on a train');
    await bench().trip();
    await bench().kill(true);
    const until = new Date(bench().now().getTime() + 20 * DAY_MS).toISOString();
    const said = async (who: Who, ...args: readonly string[]) =>
      (await as(who, 'request', ...args, '--reason', 'ticket 4711')).out.split('\n')[0];
    expect(await said('operator', 'wipe', deviceId)).toBe(`Asked: wipe ${serial}, once (attempt 1).`);
    expect(await said('operator', 'mismatch', other.deviceId)).toBe(
      `Asked: ${other.serial} is the leaver's although: holder-mismatch.`,
    );
    expect(await said('operator', 'lost', deviceId)).toBe(`Asked: ${serial} will not come back.`);
    expect(await said('legal', 'route', deviceId, 'legal-retention', '--review-at', until)).toMatch(
      /: route dispose → legal-retention, review \d{4}-\d\d-\d\d .*\.$/u,
    );
    expect(await said('operator', 'waiver', deviceId, 'return', '--until', until)).toMatch(
      new RegExp(`^Asked: return of ${deviceId} without evidence, until \\d{4}-`, 'u'),
    );
    expect(await said('operator', 'waiver', caseId, 'access-cut', '--until', until)).toContain(
      `access-cut of ${caseId}`,
    );
    expect(await said('operator', 'limit-release')).toBe('Asked: release the wipe limit, 0 held wipes.');
    expect(await said('operator', 'kill-switch-off')).toMatch(/^Asked: kill switch off \(on since \d{4}-/u);
    expect((await as('viewer', 'approve', '--all')).out.split('\n').length).toBeGreaterThan(8);
    await bench().nothingStopped();
  });

  test('says what stands in the way, in a sentence', async () => {
    const { deviceId } = await bench().oneDevice({ ownership: 'personal' });
    const { code, err } = await as('operator', 'request', 'wipe', deviceId, '--reason', 'x');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/\(not-to-decide\); Only a device that is explicitly corporate/u),
    ]);
  });

  test('a release of the wipe limit shows what it holds, and that the list has changed', async () => {
    const [a, b] = [await bench().oneDevice(), await bench().oneDevice()];
    await bench().trip();
    await bench().holdWipe(a);
    const id = await asked('operator', 'limit-release');
    const limit = await as('viewer', 'wipe-limit');
    expect(limit.out).toMatch(/wipe limit +reached: everything destructive waits/u);
    expect(limit.out).toMatch(new RegExp(`${a.serial} +${a.deviceId} +${a.caseId} +limit-reached`, 'u'));
    expect(json(await as('viewer', 'wipe-limit', '--json'))).toMatchObject({
      held: true,
      heldWipes: [{ deviceId: a.deviceId }],
    });
    const shown = await as('viewer', 'decisions', 'show', id);
    expect(shown.out).toContain(a.serial);
    expect(shown.out).not.toContain('has changed');
    await bench().holdWipe(b);
    expect((await run('approver', ['approve', id], 'y')).out).toContain(`held since: ${b.deviceId}`);
    expect(await stateOf(id)).toBe('void');
    const anew = await asked('operator', 'limit-release');
    expect((await run('approver', ['approve', anew], 'y')).out).toMatch(
      /Approved dcn_\w+: release the wipe limit, 2 held/u,
    );
    expect((await as('viewer', 'wipe-limit')).out).toContain('No wipe is held.');
  });

  test('a change of the policy shows every setting that changes, and moves no case by itself', async () => {
    // The policy that two people put in force is another than the configuration of the API says.
    await bench().proposePolicy();
    await bench().agree('change-policy');
    const { caseId } = await bench().oneDevice();
    const shown = await as('viewer', 'policy');
    expect(shown.out).toMatch(/wipe\.approval +person/u);
    expect(shown.out).toMatch(/setting that changes +in force +proposed\nwipe\.due +\d+ ms +5 d\n/u);
    const id = await asked('admin', 'policy-change');
    const approved = await run('second', ['approve', id], 'y');
    expect(approved.out).toMatch(/wipe\.due +\d+ ms +5 d\n/u);
    expect(json(await as('viewer', 'policy', '--json'))).toMatchObject({
      proposed: null,
      proposedPolicy: null,
    });
    const move = await as('admin', 'request', 'policy-move', caseId, '--reason', 'x', '--json');
    expect([move.code, json(move)['subject']]).toEqual([0, expect.objectContaining({ caseId })]);
    expect((await as('second', 'approve', String(json(move)['id']), '--yes')).out).toContain(
      `${caseId}: policy`,
    );
  });
});

test('the kill switch is on by one person at once, and off by two', async () => {
  expect((await as('operator', 'kill-switch', 'on')).out).toMatch(
    /^kill switch +on: nothing destructive is sent/u,
  );
  const id = await asked('operator', 'kill-switch-off');
  expect((await as('viewer', 'kill-switch', 'status')).out).toMatch(/since +\d{4}-.*by token:t-operator/u);
  await as('approver', 'approve', id, '--yes');
  expect(json(await as('viewer', 'kill-switch', 'status', '--json'))).toMatchObject({ on: false });
});
