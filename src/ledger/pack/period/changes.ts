/** `audit/changes.json`: changes of policy, limits, mappings, configuration and code, within the period and what stood at its start. */
import type { AnyFact, Fact } from '../../../domain/fact.ts';
import { toMs } from '../../../domain/time.ts';
import { canonicalText } from '../../canonical.ts';
import { inLedgerOrder, placeOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';
import type { PeriodOf } from './population.ts';

export interface Change {
  readonly at: string;
  readonly actor: string;
  readonly what:
    | 'policy'
    | 'policy-of-case'
    | 'limit-tripped'
    | 'limit-released'
    | 'kill-switch'
    | 'mapping'
    | 'installation';
  /** In words made of ids, digests and codes. */
  readonly detail: string;
  readonly event: number | null;
}

export interface Changes {
  /** Since when changes of policy, configuration and code are recorded; `null`: not yet. Before it, nothing here says anything of them. */
  readonly recordedSince: string | null;
  /** The last word before the period, of policy and of each process. */
  readonly atStart: readonly Change[];
  readonly inPeriod: readonly Change[];
}

export function changesOf(facts: PackFacts, { start, end }: PeriodOf): Changes {
  const ordered = inLedgerOrder(facts);
  const before = new Map<string, Fact<'installation.described'>>();
  const changes = ordered.flatMap((fact) => {
    const change = changeOf(fact, before, facts);
    if (fact.type === 'installation.described') before.set(fact.data.process, fact);
    return change === null ? [] : [{ change, slot: slotOf(fact) }];
  });
  const earlier = changes.filter(({ change }) => toMs(change.at) < toMs(start));
  const standing = new Map(earlier.flatMap(({ change, slot }) => (slot === null ? [] : [[slot, change]])));
  return {
    recordedSince:
      ordered.find((fact) => fact.type === 'policy.changed' || fact.type === 'installation.described')?.at ??
      null,
    atStart: [...standing.values()],
    inPeriod: changes
      .filter(({ change }) => toMs(change.at) >= toMs(start) && toMs(change.at) < toMs(end))
      .map(({ change }) => change),
  };
}

/** What a later word of the same kind replaces; `null` for what leaves nothing standing. */
function slotOf(fact: AnyFact): string | null {
  switch (fact.type) {
    case 'policy.changed':
      return 'policy';
    case 'installation.described':
      return `installation:${fact.data.process}`;
    case 'mapping.saved':
      return `mapping:${fact.data.connector}:${fact.data.list}`;
    case 'switch.changed':
      return 'kill-switch';
    default:
      return null;
  }
}

function changeOf(
  fact: AnyFact,
  before: ReadonlyMap<string, Fact<'installation.described'>>,
  facts: PackFacts,
): Change | null {
  const { at, actor } = fact;
  const change = (what: Change['what'], detail: string): Change => ({
    at,
    actor,
    what,
    detail,
    event: placeOf(fact, facts),
  });
  switch (fact.type) {
    case 'policy.changed':
      return change(
        'policy',
        `${fact.data.from ?? 'none'} -> ${fact.data.to} (${fact.data.decisionId ?? 'the first'})`,
      );
    case 'case.policy-moved':
      return change(
        'policy-of-case',
        `${fact.stream}: ${fact.data.from} -> ${fact.data.to} (${fact.data.decisionId})`,
      );
    case 'limit.tripped':
      return change('limit-tripped', fact.data.trippedAt);
    case 'limit.released':
      return change('limit-released', `${fact.data.freed} freed (${fact.data.decisionId})`);
    case 'switch.changed':
      return change(
        'kill-switch',
        `${fact.data.on ? 'on' : 'off'}${fact.data.decisionId === null ? '' : ` (${fact.data.decisionId})`}`,
      );
    case 'mapping.saved':
      return change(
        'mapping',
        `${fact.data.connector}, ${fact.data.list}, version ${fact.data.version}: ${fact.data.digest}`,
      );
    case 'installation.described':
      return change('installation', described(fact, before.get(fact.data.process)));
    default:
      return null;
  }
}

/** Which parts are others than before. */
function described(
  { data }: Fact<'installation.described'>,
  before: Fact<'installation.described'> | undefined,
): string {
  const head = `${data.process} ${data.version}, rules ${data.rulesVersion}, code ${data.code ?? 'unknown'}`;
  if (before === undefined) return `${head}: the first`;
  const old: Readonly<Record<string, unknown>> = { ...before.data };
  const changed = Object.entries(data)
    .filter(([name, value]) => canonicalText({ value }) !== canonicalText({ value: old[name] ?? null }))
    .map(([name]) => name)
    .toSorted();
  return `${head}: ${changed.join(', ')}`;
}
