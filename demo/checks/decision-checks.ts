/** What people decided, and what came of it, in the order in which it happened. */
import { nameOf } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import type { Fact } from '../engine/shapes.ts';
import { custodyOf, deviceOf } from '../stories/stage.ts';
import { check } from './check.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { wipesOf } from './wipes.ts';

type Facts = (type: string) => readonly Fact[];

/** Nothing is wiped while the hold stands; access is cut all the same. */
export function holdChecks(key: PersonKey, evidence: Evidence, of: Facts): readonly Check[] {
  const about = nameOf(key);
  const [placed] = of('hold.placed');
  const [lifted] = of('hold.lifted');
  const [wipe] = wipesOf(evidence, deviceOf(key).key);
  const cut = evidence.effects.find((effect) => effect.key === key && effect.kind.includes('revoke'));
  const times = { placed: placed?.at, cut: cut?.at, lifted: lifted?.at, wiped: wipe?.at };
  const isCutUnderHold = cut !== undefined && lifted !== undefined && cut.at < lifted.at;
  return [
    check(about, 'access was cut while the hold stood', placed !== undefined && isCutUnderHold, times),
    check(
      about,
      'the wipe was sent only after legal had lifted it',
      wipe !== undefined && lifted !== undefined && wipe.at > lifted.at,
      times,
    ),
    check(
      about,
      'legal placed and lifted it',
      placed?.actor === 'token:demo-legal' && lifted?.actor === 'token:demo-legal',
      [placed?.actor, lifted?.actor],
    ),
  ];
}

export function mismatchChecks(key: PersonKey, evidence: Evidence, of: Facts): readonly Check[] {
  const about = nameOf(key);
  const device = deviceOf(key);
  const custody = custodyOf(evidence.cases.get(key)?.standing ?? null, device);
  const opened = of('exception.opened').map(({ data }) => String(data['code']));
  const [decision, ...more] = evidence.decisions.filter(
    ({ kind, deviceId }) => kind === 'approve-mismatch' && deviceId === custody?.deviceId,
  );
  const wipes = wipesOf(evidence, device.key);
  const decidedAt = decision?.decidedAt ?? null;
  return [
    check(
      about,
      'the guard refused: a source names somebody else',
      opened.includes('wipe-refused') || opened.includes('holder-mismatch'),
      opened,
    ),
    check(
      about,
      'one person asked to approve the mismatch, was refused to do so, and another approved it',
      decision !== undefined &&
        more.length === 0 &&
        decision.requestedBy !== decision.decidedBy &&
        evidence.seen.has('mismatch-needs-two'),
      decision ?? 'no decision',
    ),
    check(
      about,
      'nothing was wiped before that',
      decidedAt !== null && wipes.every(({ at }) => at > decidedAt),
      wipes,
    ),
  ];
}

/** It was seen at its set-up screen, after it came back and before it went into stock. */
export function redeployChecks(key: PersonKey, of: Facts): readonly Check[] {
  const [scanned] = of('return.scanned');
  const [inspected] = of('device.inspected');
  const [closed] = of('custody.closed');
  const times = { scanned: scanned?.at, inspected: inspected?.at, closed: closed?.at };
  return [
    check(
      nameOf(key),
      'scanned in, then seen at its set-up screen, then in stock',
      scanned !== undefined &&
        inspected !== undefined &&
        closed !== undefined &&
        inspected.data['setUpScreen'] === true &&
        scanned.at <= inspected.at &&
        inspected.at <= closed.at,
      times,
    ),
  ];
}

/** The command waits for the phone for good, and stands as queued. */
export function lostChecks(key: PersonKey, evidence: Evidence, of: Facts): readonly Check[] {
  const [wipe] = wipesOf(evidence, deviceOf(key).key);
  const [declared] = of('lost.declared');
  return [
    check(
      nameOf(key),
      'its wipe was queued before two people declared it lost',
      wipe !== undefined && declared !== undefined && wipe.at < declared.at,
      { wiped: wipe?.at, declared: declared?.at },
    ),
  ];
}
