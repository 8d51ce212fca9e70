/** `audit/access.json`: who could use Handback itself, and which keys signed. */
import type { AnyFact, Fact } from '../../../domain/fact.ts';
import type { InstallationFacts } from '../../../domain/installation-facts.ts';
import { toMs } from '../../../domain/time.ts';
import { inLedgerOrder, isOf, placeOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';
import type { PeriodOf } from './population.ts';

type Described = InstallationFacts['installation.described'];

export interface Access {
  readonly recordedSince: string | null;
  /** Everybody who was seen, with their roles from each time on. */
  readonly actors: readonly {
    readonly actor: string;
    readonly kind: string;
    readonly seen: readonly {
      readonly since: string;
      readonly roles: readonly string[];
      readonly event: number | null;
    }[];
    readonly changes: readonly {
      readonly at: string;
      readonly what: 'revoked' | 'restored';
      readonly by: string;
      readonly event: number | null;
    }[];
  }[];
  /** What the configuration let in at the period's start, and each time that this changed until its end. */
  readonly configured: readonly {
    readonly at: string;
    readonly tokens: Described['tokens'];
    readonly signIn: string | null;
    readonly event: number | null;
  }[];
  /** Ids of the keys that signed, by the same rule. */
  readonly keys: readonly {
    readonly at: string;
    readonly checkpoints: Described['keys']['checkpoints'];
    readonly packs: Described['keys']['packs'];
    readonly event: number | null;
  }[];
}

export function accessOf(facts: PackFacts, period: PeriodOf): Access {
  const ordered = inLedgerOrder(facts);
  const described = ordered
    .filter(isOf('installation.described'))
    .filter(({ data }) => data.process === 'api');
  return {
    recordedSince: ordered.find(isOf('actor.seen'))?.at ?? null,
    actors: actorsOf(ordered, facts),
    configured: steps(described, period, ({ tokens, signIn }) => ({ tokens, signIn })).map(
      ({ fact, value }) => ({ at: fact.at, ...value, event: placeOf(fact, facts) }),
    ),
    keys: steps(described, period, ({ keys }) => keys).map(({ fact, value }) => ({
      at: fact.at,
      ...value,
      event: placeOf(fact, facts),
    })),
  };
}

function actorsOf(ordered: readonly AnyFact[], facts: PackFacts): Access['actors'] {
  const seen = Map.groupBy(ordered.filter(isOf('actor.seen')), ({ data }) => data.subject);
  const changes = Map.groupBy(
    ordered.filter((fact) => fact.type === 'access.revoked' || fact.type === 'access.restored'),
    ({ data }) => data.subject,
  );
  return [...new Set([...seen.keys(), ...changes.keys()])].toSorted().map((actor) => ({
    actor,
    kind: seen.get(actor)?.at(-1)?.data.kind ?? 'unknown',
    seen: (seen.get(actor) ?? []).map((fact) => ({
      since: fact.at,
      roles: fact.data.roles,
      event: placeOf(fact, facts),
    })),
    changes: (changes.get(actor) ?? []).map((fact) => ({
      at: fact.at,
      what: fact.type === 'access.revoked' ? 'revoked' : 'restored',
      by: fact.actor,
      event: placeOf(fact, facts),
    })),
  }));
}

/** As it stood at the period's start, and every time that it became another until its end. */
function steps<T>(
  described: readonly Fact<'installation.described'>[],
  { start, end }: PeriodOf,
  pick: (data: Described) => T,
): readonly { readonly fact: Fact<'installation.described'>; readonly value: T }[] {
  const all = described
    .filter(({ at }) => toMs(at) < toMs(end))
    .map((fact) => ({ fact, value: pick(fact.data) }));
  const changed = all.filter(
    ({ value }, place) => JSON.stringify(value) !== JSON.stringify(all[place - 1]?.value),
  );
  const standing = changed.findLastIndex(({ fact }) => toMs(fact.at) <= toMs(start));
  return changed.slice(Math.max(0, standing));
}
