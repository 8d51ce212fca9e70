/** What sets each story apart, checked against facts and the vendors' records. */
import { deviceOf } from '../stories/stage.ts';
import { devicesOf, nameOf } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import type { Fact } from '../engine/shapes.ts';
import { custodyOf, gateOf } from '../stories/stage.ts';
import { check, sameMembers } from './check.ts';
import type { Check } from './check.ts';
import { holdChecks, lostChecks, mismatchChecks, redeployChecks } from './decision-checks.ts';
import type { Evidence } from './evidence.ts';

export const SOURCES = ['entra', 'intune', 'okta', 'snipeit'] as const;

/** Checks of one person's story beyond those that every case gets. */
export function storyChecks(key: PersonKey, evidence: Evidence): readonly Check[] {
  const found = evidence.cases.get(key);
  if (found === undefined) return [];
  const of = (type: string): readonly Fact[] => found.facts.filter((fact) => fact.type === type);
  const about = nameOf(key);
  const { seen, effects } = evidence;
  switch (key) {
    case 'chen': {
      const states = of('wipe.observed').map(({ data }) =>
        String((data['observation'] as { state?: unknown }).state),
      );
      return [
        check(about, 'the wipe waited for the device', seen.has('wipe-waits-for-device')),
        check(about, 'and was done in the end, as Intune says', states.at(-1) === 'done', states),
      ];
    }
    case 'dana': {
      const custody = custodyOf(found.standing, deviceOf('dana'));
      const open = found.standing.exceptions
        .filter(({ resolvedAt }) => resolvedAt === null)
        .map(({ code }) => code);
      const asset = evidence.assets.get(deviceOf('dana').serial);
      return [
        check(
          about,
          'the wipe gate has failed, the return is proven',
          gateOf(custody, 'wipe')?.state === 'failed' && gateOf(custody, 'return')?.state === 'satisfied',
          custody?.gates,
        ),
        sameMembers(about, 'one exception is open', open, ['wipe-failed']),
        check(
          about,
          'blocked: every way forward waits for a decision',
          found.standing.blocked,
          found.standing.blockedBy,
        ),
        check(
          about,
          'not on any truck, not disposed in the books',
          asset?.archived === false && !evidence.certificates.has(deviceOf('dana').serial),
          asset,
        ),
      ];
    }
    case 'emeka': {
      const rungs = of('escalation.raised')
        .filter(({ data }) => data['gate'] === 'return')
        .map(({ data }) => String(data['to']));
      return [
        check(
          about,
          'the return was chased, to the second chaser or further',
          of('return.chased').some(({ data }) => Number(data['number']) >= 2),
          of('return.chased').map(({ data }) => data['number']),
        ),
        check(about, 'and escalated to the manager', rungs.includes('manager'), rungs),
      ];
    }
    case 'freya': {
      const answers = of('source.answered');
      const sightings = answers.flatMap(({ data }) => data['sightings'] as unknown[]);
      return [
        sameMembers(
          about,
          'every source has answered',
          answers.map(({ data }) => String(data['connector'])),
          SOURCES,
        ),
        check(
          about,
          'and shown to have no device',
          sightings.length === 0 && found.standing.custodies.length === 0,
          sightings,
        ),
      ];
    }
    case 'goran': {
      const keys = new Set([key, ...devicesOf(key).map((device) => device.key)]);
      const touched = effects
        .filter((effect) => effect.key !== null && keys.has(effect.key))
        .map(({ kind }) => kind);
      const [cancelled] = of('case.cancelled');
      return [
        check(
          about,
          'was scheduled, then cancelled as rehired',
          seen.has('rehire-was-scheduled') && cancelled?.data['reason'] === 'rehired',
          cancelled?.data,
        ),
        check(
          about,
          'nothing had been done: no vendor was asked for anything',
          touched.length === 0,
          touched,
        ),
      ];
    }
    case 'hana': {
      const opened = of('exception.opened').map(({ data }) => data['code']);
      return [
        check(
          about,
          'an exception said that no inventory knows the laptop',
          opened.includes('unrecorded-device'),
          opened,
        ),
      ];
    }
    case 'ivan':
      return outageChecks(about, evidence, of);
    case 'jonas':
      return [
        check(
          about,
          'was scheduled ahead, then moved',
          seen.has('leave-was-scheduled') && of('case.rescheduled').length > 0,
          of('case.rescheduled'),
        ),
        check(
          about,
          'started no sooner than the moved leave date',
          found.standing.startedAt !== null && found.standing.startedAt >= found.standing.effectiveAt,
          found.standing,
        ),
      ];
    case 'tara':
      return holdChecks(key, evidence, of);
    case 'uri':
      return mismatchChecks(key, evidence, of);
    case 'wim':
      return redeployChecks(key, of);
    case 'xenia':
      return lostChecks(key, evidence, of);
    default:
      return [];
  }
}

function outageChecks(
  about: string,
  { seen }: Evidence,
  of: (type: string) => readonly Fact[],
): readonly Check[] {
  const silent = of('source.unanswered').map(({ data }) => String(data['connector']));
  const answered = of('source.answered').find(({ data }) => data['connector'] === 'okta');
  const [concluded] = of('discovery.concluded');
  const order = answered !== undefined && concluded !== undefined && answered.at <= concluded.at;
  return [
    check(about, 'discovery was seen waiting for Okta', seen.has('discovery-waits-for-okta')),
    check(about, 'the silence of Okta is on record', silent.includes('okta'), silent),
    check(about, 'discovery concluded only after Okta had answered', order, {
      answered: answered?.at,
      concluded: concluded?.at,
    }),
  ];
}
