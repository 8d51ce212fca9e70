/** Observe first: an installation that observes changes nothing; one that recommends asks; a backfill makes no wave. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBackfill, startBackfill } from '../../src/store/backfills.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { eventually } from '../support/engine/eventually.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import {
  caseRow,
  custodiesOf,
  effectsOf,
  factsOf,
  openCaseOf,
  openExceptions,
  seed,
  termsOf,
} from '../support/engine/leavers.ts';
import { bring } from '../support/engine/notices.ts';
import { startEngine } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { twoDecide } from '../support/engine/two-people.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

const EVERYTHING = ['okta', 'entra', 'intune', 'snipeit', 'easypost'];

function inMode(mode: string): Readonly<Record<string, object>> {
  return Object.fromEntries(EVERYTHING.map((name) => [name, { mode }]));
}

const allEffects = (engine: Engine) =>
  engine.control.get<{ effects: readonly { kind: string; target: string }[] }>('/effects');

describeLocalTemporal('an installation', () => {
  describe('that observes', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine({
        labels: true,
        connectors: inMode('observe'),
        policy: { accessCut: { due: '2s' } },
      });
    });
    afterAll(async () => engine?.stop());

    it('changes nothing at the vendors, by their own count, and says what is in the way', async () => {
      await seed(engine, [{ key: 'ann' }, { key: 'bob', devices: [{ key: 'bob-mac', platform: 'macos' }] }]);
      // Where the providers cut by themselves, the case comes as far as the devices.
      await engine.control.post('/instances/okta/users/bob/deactivate');
      await engine.control.post('/instances/graph/users/bob/disable');
      const before = (await allEffects(engine)).effects.length;
      const opened = [await openCaseOf(engine, 'ann'), await openCaseOf(engine, 'bob')];
      for (const { caseId } of opened) {
        await eventually('discovery', async () => {
          const { gates } = await caseRow(engine, caseId);
          return gates['discovery']?.state === 'satisfied';
        });
      }
      // What is in the way is asked, and nothing goes on by itself: sweeps, polls and snapshots have run by then.
      const [first = '', second = ''] = opened.map(({ caseId }) => caseId);
      await eventually('the question', async () =>
        (await openExceptions(engine, first)).includes('access-still-open'),
      );
      // With the accounts off everywhere but in their grants and sessions, or with all of it: whatever is left is asked about.
      await eventually('the other question', async () => (await openExceptions(engine, second)).length > 0);
      expect((await allEffects(engine)).effects.slice(before)).toEqual([]);
      expect(await ledgerTroubles(engine)).toEqual([]);
    });
  });

  describe('that only watches some groups of people', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine({
        labels: true,
        people: { modes: [{ groups: ['works-council'], mode: 'observe' }] },
        policy: { accessCut: { due: '2s' }, wipe: { timing: [{ groups: ['sales'], when: 'on-return' }] } },
      });
    });
    afterAll(async () => engine?.stop());

    it('acts for everybody else, and begins their wipe when the policy says so', async () => {
      await seed(engine, [{ key: 'gus' }, { key: 'hal' }, { key: 'ivy' }]);
      await bring(engine, [
        { key: 'gus', group: 'works-council' },
        { key: 'hal', group: 'sales' },
      ]);
      const [gus, hal, ivy] = [
        await openCaseOf(engine, 'gus'),
        await openCaseOf(engine, 'hal'),
        await openCaseOf(engine, 'ivy'),
      ];
      await eventually('the wipe', async () => (await effectsOf(engine, 'wipe', 'ivy-laptop')).length === 1);
      await eventually('the question', async () =>
        (await openExceptions(engine, gus.caseId)).includes('access-still-open'),
      );
      const custody = async () => (await custodiesOf(engine, hal.caseId))[0];
      await eventually('the wait for the return', async () =>
        JSON.stringify((await custody())?.gates).includes('wipe-awaits-return'),
      );
      expect(ivy.caseId).not.toBe(gus.caseId);
      const { effects } = await allEffects(engine);
      expect(effects.filter(({ target }) => target.includes('gus') || target === 'hal-laptop')).toEqual([]);
    });
  });

  describe('whose device manager only recommends', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine({ connectors: { intune: { mode: 'recommend' } } });
    });
    afterAll(async () => engine?.stop());

    it('wipes what two people approve, and nothing by the policy alone', async () => {
      await seed(engine, [{ key: 'cat' }]);
      const { caseId } = await openCaseOf(engine, 'cat');
      await eventually('the refusal', async () =>
        (await openExceptions(engine, caseId)).includes('wipe-refused'),
      );
      expect(await effectsOf(engine, 'wipe', 'cat-laptop')).toEqual([]);
      const [custody] = await custodiesOf(engine, caseId);
      const deviceId = custody?.device_id ?? '';
      const [refused] = (await factsOf(engine, `device:${deviceId}`)).filter(
        ({ type }) => type === 'wipe.refused',
      );
      expect(refused?.data['codes']).toEqual(['connector-not-enforcing']);
      await twoDecide(engine, { kind: 'approve-wipe', deviceId });
      await eventually('the wipe', async () => (await effectsOf(engine, 'wipe', 'cat-laptop')).length === 1);
    });
  });

  describe('that looks for past leavers', () => {
    let engine: Engine;
    beforeAll(async () => {
      // They left before Handback was there: no poll tells of them.
      engine = await startEngine();
    });
    afterAll(async () => engine?.stop());

    it('opens a case for who still holds something, once, and wipes nothing without people', async () => {
      await seed(engine, [{ key: 'dan' }, { key: 'eva', devices: [] }, { key: 'fay' }]);
      await engine.control.post('/faults', {
        instance: 'okta',
        match: { method: 'GET', path: '/api/v1/logs' },
        fault: { type: 'status', status: 503 },
        times: 10_000,
      });
      for (const key of ['dan', 'eva']) await engine.control.post(`/instances/okta/users/${key}/deactivate`);
      await termsOf(engine);
      const run = async () => {
        const order = { since: new Date(Date.now() - 86_400_000), connectors: ['okta'], by: 'token:test' };
        const id = await inTransaction(engine.db, (tx) => startBackfill(tx, order, new Date()));
        const row = await eventually('its end', async () => {
          const found = await readBackfill(engine.db, id);
          return found?.parts.every((part) => part.finished_at !== null) === true ? found : undefined;
        });
        return row.parts[0];
      };
      expect(await run()).toMatchObject({ leavers_seen: 2, cases_opened: 1 });
      const [found] = await engine.db.selectFrom('cases').select(['id', 'late']).execute();
      expect(found?.late).toBe(true);
      await eventually('the question', async () =>
        (await openExceptions(engine, found?.id ?? '')).includes('wipe-needs-approval'),
      );
      expect(await effectsOf(engine, 'wipe', 'dan-laptop')).toEqual([]);
      expect(await run()).toMatchObject({ leavers_seen: 2, cases_opened: 0 });
    });
  });
});
