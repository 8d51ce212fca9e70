/** What facts say of a pack's subject, in a few words: written into the manifest, and computed again by whoever verifies. */
import { foldCase } from '../../domain/case-state.ts';
import type { CaseState } from '../../domain/case-state.ts';
import { foldCustody } from '../../domain/custody-state.ts';
import type { CustodyState } from '../../domain/custody-state.ts';
import { deviceStream } from '../../domain/fact.ts';
import type { AnyFact } from '../../domain/fact.ts';
import type { PackClaim, PackSubject } from './manifest.ts';
import { subjectStream } from './related-streams.ts';
import type { Streams } from './related-streams.ts';

export function claimOf(subject: PackSubject, streams: Streams): PackClaim {
  const facts = [...streams.values()].flat();
  return {
    cases: casesIn(subject, streams).map(caseClaim),
    custodies: custodiesIn(subject, streams).map(custodyClaim),
    pickups: subject.kind === 'pickup' ? pickupClaims(subject, streams) : [],
    waivers: facts.filter((fact) => fact.type === 'gate.waived').length,
  };
}

/** The cases that a pack is about: of a period those of its sample. */
export function casesIn(subject: PackSubject, streams: Streams): readonly CaseState[] {
  if (subject.kind === 'case') return casesOf(streams.get(subjectStream(subject)) ?? []);
  if (subject.kind !== 'period') return [];
  return [...streams]
    .filter(([stream]) => stream.startsWith('case:'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, facts]) => casesOf(facts));
}

/** Every generation of a case's stream, the first one first. */
export function casesOf(facts: readonly AnyFact[]): readonly CaseState[] {
  return facts.flatMap((fact) =>
    fact.type === 'case.opened' ? (foldCase(facts, fact.data.generation) ?? []) : [],
  );
}

/** Every epoch of a device's stream, the first one first. */
export function custodiesOf(facts: readonly AnyFact[]): readonly CustodyState[] {
  return facts.flatMap((fact) =>
    fact.type === 'custody.opened' ? (foldCustody(facts, fact.data.epoch) ?? []) : [],
  );
}

/** The custodies that a pack is about: of a case or a sample its own, of a device all, of a pickup those on its manifest. */
export function custodiesIn(subject: PackSubject, streams: Streams): readonly CustodyState[] {
  const all = [...streams]
    .filter(([stream]) => stream.startsWith('device:'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, facts]) => custodiesOf(facts));
  if (subject.kind === 'device') return all;
  if (subject.kind === 'case' || subject.kind === 'period') {
    const cases = new Set(casesIn(subject, streams).map(({ caseId }) => caseId));
    return all.filter((custody) => cases.has(custody.opened.data.caseId));
  }
  const lines = new Set(
    linesOf(streams.get(subjectStream(subject)) ?? []).map((line) => `${line.deviceId}:${line.epoch}`),
  );
  return all.filter((custody) => lines.has(`${custody.deviceId}:${custody.epoch}`));
}

function caseClaim(state: CaseState): PackClaim['cases'][number] {
  const { caseId, generation, completed, cancelled, started } = state;
  const ended = completed ?? cancelled;
  return {
    caseId,
    generation,
    state:
      completed?.data.outcome ??
      (cancelled === null ? (started === null ? 'scheduled' : 'open') : 'cancelled'),
    endedAt: ended?.at ?? null,
  };
}

function custodyClaim(custody: CustodyState): PackClaim['custodies'][number] {
  const { deviceId, epoch, opened, closed, cancelled } = custody;
  return {
    deviceId,
    epoch,
    caseId: opened.data.caseId,
    serial: opened.data.serial,
    state: closed === null ? (cancelled === null ? 'open' : 'cancelled') : 'closed',
    disposition: closed?.data.disposition ?? null,
  };
}

function linesOf(facts: readonly AnyFact[]) {
  return facts.flatMap((fact) => (fact.type === 'pickup.created' ? fact.data.lines : []));
}

function pickupClaims(subject: PackSubject, streams: Streams): PackClaim['pickups'] {
  const lines = linesOf(streams.get(subjectStream(subject)) ?? []);
  const having = (type: AnyFact['type']): number =>
    lines.filter((line) =>
      (streams.get(deviceStream(line.deviceId)) ?? []).some(
        (fact) =>
          fact.type === type &&
          'pickupId' in fact.data &&
          fact.data.pickupId === subject.id &&
          'epoch' in fact.data &&
          fact.data.epoch === line.epoch,
      ),
    ).length;
  return [
    {
      pickupId: subject.id,
      lines: lines.length,
      transferred: having('handoff.transferred'),
      received: having('handoff.received'),
      certified: having('handoff.certified'),
    },
  ];
}
