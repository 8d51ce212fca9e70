/** `audit/decisions.json`: waivers with their age, and who decided what with which roles. */
import type { AnyFact } from '../../../domain/fact.ts';
import { toMs } from '../../../domain/time.ts';
import { inLedgerOrder, isOf, placeOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';
import { rolesThen } from './roles-then.ts';
import type { RolesThen } from './roles-then.ts';

interface Party {
  readonly actor: string;
  readonly at: string;
  readonly roles: RolesThen['roles'];
  readonly rolesFrom: RolesThen['from'];
  readonly event: number | null;
}

export interface Decisions {
  readonly waivers: readonly {
    readonly stream: string;
    readonly round: number;
    readonly gate: string;
    readonly decisionId: string;
    readonly approved: Party;
    readonly requested: Party | null;
    readonly expiresAt: string;
    /** Whole days that it had counted by the export, or by its end. */
    readonly ageDays: number;
    readonly expired: boolean;
  }[];
  readonly decisions: readonly {
    readonly decisionId: string;
    readonly kind: string;
    readonly stream: string;
    readonly requested: Party | null;
    /** `null` while nobody has decided, or nobody did in time. */
    readonly decided: (Party & { readonly outcome: string }) | null;
  }[];
}

const DAY_MS = 86_400_000;

/** Of the cases of the population, their devices, and the installation as a whole. */
export function decisionsOf(facts: PackFacts, exportedAt: string): Decisions {
  const ordered = inLedgerOrder(facts);
  const roles = rolesThen(ordered);
  const party = (fact: AnyFact): Party => {
    const then = roles(fact);
    return {
      actor: fact.actor,
      at: fact.at,
      roles: then.roles,
      rolesFrom: then.from,
      event: placeOf(fact, facts),
    };
  };
  const requests = new Map(
    ordered.filter(isOf('decision.requested')).map((fact) => [fact.data.decisionId, fact]),
  );
  const verdicts = new Map(ordered.filter(isOf('decision.made')).map((fact) => [fact.data.decisionId, fact]));
  const requested = (decisionId: string): Party | null => {
    const fact = requests.get(decisionId);
    return fact === undefined ? null : party(fact);
  };
  return {
    waivers: ordered.filter(isOf('gate.waived')).map((fact) => {
      const { round, gate, decisionId, expiresAt } = fact.data;
      const until = Math.min(toMs(exportedAt), toMs(expiresAt));
      const verdict = verdicts.get(decisionId);
      return {
        stream: fact.stream,
        round,
        gate,
        decisionId,
        approved: { ...party(verdict ?? fact), event: placeOf(fact, facts) },
        requested: requested(decisionId),
        expiresAt,
        ageDays: Math.max(0, Math.floor((until - toMs(fact.at)) / DAY_MS)),
        expired: toMs(expiresAt) <= toMs(exportedAt),
      };
    }),
    decisions: [...new Set([...requests.keys(), ...verdicts.keys()])].flatMap((decisionId) => {
      const verdict = verdicts.get(decisionId);
      const about = requests.get(decisionId) ?? verdict;
      if (about === undefined) return [];
      return {
        decisionId,
        kind: about.data.kind,
        stream: about.stream,
        requested: requested(decisionId),
        decided: verdict === undefined ? null : { ...party(verdict), outcome: verdict.data.outcome },
      };
    }),
  };
}
