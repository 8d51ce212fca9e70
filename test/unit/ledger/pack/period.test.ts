/** Packs of a period: what they say is made again by whoever verifies. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { listed } from '../../../../src/ledger/pack/manifest.ts';
import { DERIVED, POPULATION, STATEMENTS } from '../../../../src/ledger/pack/period/files.ts';
import { canonicalText } from '../../../../src/ledger/canonical.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';
import { PERIOD_ID, periodContent, playedPeriod } from '../../../support/packs/played-period.ts';
import { manifestOf, reseal } from '../../../support/packs/reseal.ts';

const keys = newKeys();
const given = holding(keys, { subject: PERIOD_ID });
let pack: PackFiles;

beforeAll(async () => {
  pack = await packOf(await periodContent(playedPeriod(), keys), keys.pack);
});

function json(files: PackFiles, name: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(files.get(name) ?? []).toString('utf8')) as Record<string, unknown>;
}

function failed(files: PackFiles) {
  return verifyPack(files, given)
    .checks.filter(({ status }) => status === 'failed')
    .map(({ id }) => id);
}

/** The file changed, listed anew and signed by the pack's own key. */
async function changed(name: string, change: (value: Record<string, unknown>) => unknown) {
  const files = new Map(pack).set(name, Buffer.from(canonicalText(change(json(pack, name)))));
  return reseal(files, keys.pack);
}

describe('a period’s pack', () => {
  test('is proven', () => {
    const { checks, verdict } = verifyPack(pack, given);
    expect(checks.flatMap(({ sentences, status }) => (status === 'failed' ? sentences : []))).toEqual([]);
    expect(verdict).toBe('proven');
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['population', 'sample', 'audit']));
  });

  test('has the same bytes each time, its report too', async () => {
    const again = await packOf(await periodContent(playedPeriod(), keys), keys.pack);
    const others = [...pack].filter(
      ([name, bytes]) => Buffer.compare(bytes, again.get(name) ?? Buffer.alloc(0)) !== 0,
    );
    // A signature of ECDSA is another one each time.
    expect(others.map(([name]) => name).toSorted()).toEqual(['pack.sigstore.json', 'sig.der']);
  });

  test('pairs leavers with cases and says what does not pair', () => {
    expect(json(pack, DERIVED.reconciliation)).toMatchObject({
      leavers: 5,
      cases: 4,
      leaversWithoutCase: [{ account: `acct_${'3'.repeat(32)}` }],
      leaversWithCancelledCasesOnly: [{ personId: 'per_two', basis: 'live' }, { basis: 'recorded' }],
      casesWithoutLeaver: [],
      cancelled: [{ caseId: 'case_two', reason: 'withdrawn' }],
      withoutDevices: [{ caseId: 'case_three' }],
      devicesUnknown: [{ caseId: 'case_four' }, { caseId: 'case_two' }],
      unclear: [{ account: `acct_${'4'.repeat(32)}` }],
      notListed: ['hr'],
    });
  });

  test('tells waivers with their age and who decided with which roles', () => {
    const { waivers, decisions } = json(pack, DERIVED.decisions);
    expect(waivers).toMatchObject([{ gate: 'access-cut', ageDays: 30, expired: true }]);
    expect(decisions).toMatchObject([
      {
        kind: 'waive-gate',
        requested: { roles: ['operator'], rolesFrom: 'decision' },
        decided: { roles: ['operator', 'approver'], rolesFrom: 'last-seen', outcome: 'approved' },
      },
    ]);
  });

  test('tells changes, gaps and keys', () => {
    expect(json(pack, DERIVED.changes)).toMatchObject({
      inPeriod: [
        { what: 'policy' },
        { what: 'installation' },
        { what: 'installation', detail: expect.stringMatching(/: version$/u) },
        { what: 'kill-switch' },
      ],
    });
    expect(json(pack, DERIVED.downtime)).toMatchObject({ gaps: [{ part: 'worker', seconds: 7_200 }] });
    expect(json(pack, DERIVED.access)).toMatchObject({
      configured: [{ tokens: [{ id: 'desk' }] }],
      keys: [{ packs: { sign: ['key-1'] } }],
    });
  });

  test('times of the sample stand against the policy then in force', async () => {
    const both = await packOf(await periodContent(playedPeriod(), keys), keys.pack);
    const { sampled, breaches } = json(both, DERIVED.times);
    expect(sampled).toHaveLength(2);
    expect(breaches).toMatchObject([{ trigger: 'closed', stream: 'case:case_four' }]);
  });
});

describe('what was changed and signed again is found by its own check', () => {
  test('a list that sources did not give', async () => {
    const told = await changed(POPULATION, (value) => ({
      ...value,
      sources: (value['sources'] as { connector: string; live: object[] }[]).map((source) => ({
        ...source,
        live: source.live.slice(1),
      })),
    }));
    expect(failed(told)).toEqual(expect.arrayContaining(['population', 'audit']));
  });

  test('another seed', async () => {
    const told = await changed(POPULATION, (value) => ({
      ...value,
      period: { ...(value['period'] as object), seed: 'a better one' },
    }));
    expect(failed(told)).toEqual(expect.arrayContaining(['population', 'sample']));
  });

  test('a pack that was drawn with another seed altogether', async () => {
    const other = await packOf(await periodContent(playedPeriod(), keys, { seed: 'mine' }), keys.pack);
    expect(failed(other)).toContain('population');
  });

  test('another sample', async () => {
    const told = await changed(DERIVED.sample, (value) => ({ ...value, cases: [] }));
    expect(failed(told)).toEqual(['sample', 'audit']);
  });

  test.each(Object.values(DERIVED).filter((name) => name !== DERIVED.sample))('%s', async (name) => {
    expect(failed(await changed(name, (value) => ({ ...value, more: true })))).toEqual(['audit']);
  });

  test('an explanation of somebody who has a case', async () => {
    const excluded = [{ connector: 'directory', account: null, personId: 'per_one', reason: 'moved' }];
    expect(failed(await changed(STATEMENTS, (value) => ({ ...value, excluded })))).toContain('audit');
  });

  test('numbers of the manifest', async () => {
    const told = await reseal(pack, keys.pack, (manifest) => ({
      ...manifest,
      claim: {
        ...manifest.claim,
        ...(manifest.claim.period && { period: { ...manifest.claim.period, leaversWithoutCase: 0 } }),
      },
    }));
    expect(failed(told)).toEqual(['audit']);
  });

  test('a case that was left out', async () => {
    const { cases } = json(pack, DERIVED.cases) as {
      cases: { caseId: string; sampled: boolean; events: { opened: number } }[];
    };
    const left = cases.find(({ sampled }) => !sampled);
    const files = new Map(pack);
    files.delete(`events/${left?.events.opened}.json`);
    files.delete(`proofs/${left?.events.opened}.tlog-proof`);
    const told = await reseal(files, keys.pack);
    expect(failed(told)).toEqual(expect.arrayContaining(['streams', 'audit']));
  });

  test('a fact of an excerpt, in the middle of a pack', async () => {
    const name = manifestOf(pack).excerpts?.[0]?.stream ?? '';
    const [path, bytes] =
      [...pack].find(
        ([one, content]) => one.startsWith('events/') && Buffer.from(content).includes(`"stream":"${name}"`),
      ) ?? [];
    const files = new Map(pack).set(
      path ?? '',
      Buffer.from(
        Buffer.from(bytes ?? [])
          .toString('utf8')
          .replace('"at":"2026', '"at":"2025'),
      ),
    );
    expect(failed(await reseal(files, keys.pack))).toContain('inclusion');
  });
});

test('files of a period have no place in the pack of a case', async () => {
  const own = await packOf(await contentOf(playedCase(), keys), keys.pack);
  const bytes = Buffer.from('{}');
  const files = new Map(own).set(POPULATION, bytes);
  const told = await reseal(files, keys.pack, (manifest) => ({
    ...manifest,
    files: { ...manifest.files, [POPULATION]: listed(bytes) },
  }));
  const { checks } = verifyPack(told, holding(keys));
  expect(checks.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(['files']);
});
