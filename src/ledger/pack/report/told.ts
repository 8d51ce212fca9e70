/** Facts in words for people. What they say exactly stands in their events. */
import type { AnyFact } from '../../../domain/fact.ts';

/** `2026-03-02 09:00:00`, UTC. */
export function timeText(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

/** Decisions, and what people brought: what was decided, or `null` for a fact in which nobody decided anything. */
export function decisionText(fact: AnyFact): string | null {
  switch (fact.type) {
    case 'decision.requested':
      return `asked for ${fact.data.kind} (${fact.data.decisionId})`;
    case 'decision.made':
      return `${fact.data.outcome} ${fact.data.kind} (${fact.data.decisionId})`;
    case 'gate.waived':
      return `gate ${fact.data.gate} waived until ${timeText(fact.data.expiresAt)} (${fact.data.decisionId})`;
    case 'wipe.approved':
      return `wipe approved by ${fact.data.basis === 'policy' ? 'the policy' : 'two people'}, attempt ${fact.data.attempt}`;
    case 'wipe.refused':
      return `wipe refused by the guard: ${fact.data.codes.join(', ')}`;
    case 'route.changed':
      return `route changed from ${fact.data.from} to ${fact.data.to} (${fact.data.decisionId})`;
    case 'hold.placed':
      return `hold placed: ${fact.data.kind}`;
    case 'hold.lifted':
      return 'hold lifted';
    case 'mismatch.approved':
      return `mismatch of holders approved: ${fact.data.codes.join(', ')} (${fact.data.decisionId})`;
    case 'sanitisation.delegated':
      return `the vendor sanitises (${fact.data.decisionId})`;
    case 'lost.declared':
      return `declared lost (${fact.data.decisionId})`;
    case 'exception.resolved':
      return `exception decided: ${fact.data.outcome}`;
    case 'case.policy-moved':
    case 'custody.policy-moved':
      return `moved to policy ${fact.data.to.slice(0, 12)} (${fact.data.decisionId})`;
    case 'handover.not-required':
      return `nothing to hand over, by ${fact.data.basis === 'policy' ? 'the policy' : 'a person'}`;
    case 'person.erased':
      return `person erased: who they were is not known any more (${fact.data.decisionId})`;
    case 'pickup.confirmed':
      return `pickup confirmed, ${fact.data.lines} on the manifest`;
    default:
      return null;
  }
}
