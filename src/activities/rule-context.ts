import type { CustodyState } from '../domain/custody-state.ts';
import type { RuleContext } from '../domain/judgement.ts';
import { returnMeansIn } from '../domain/return-means.ts';
import type { Reader } from '../store/database.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { modeFor } from './modes.ts';
import { readValuesOf } from '../store/personal/values.ts';

/** What rules are given besides facts: the case's own policy, the given time, and what is configured. */
export async function ruleContext(
  context: EngineContext,
  db: Reader,
  policyDigest: string,
  now: number,
): Promise<RuleContext> {
  const policy = await readPolicy(db, policyDigest);
  return {
    policy,
    policyDigest,
    now,
    carrier: firstEnforcing(context.connectors.carrier),
    ...inventoriesOf(context),
    enrolment: firstName(context.connectors.enrolment),
  };
}

/** The carrier of that country; the first that may act where none is named. One that may not act buys nothing. */
function carrierOf({ connectors, returns }: EngineContext, country: string): string | null {
  const named = returns.carriers[country];
  if (named === undefined) return firstEnforcing(connectors.carrier);
  return connectors.carrier.get(named)?.mode === 'enforce' ? named : null;
}

function firstEnforcing(carriers: EngineContext['connectors']['carrier']): string | null {
  for (const { name, mode } of carriers.values()) if (mode === 'enforce') return name;
  return null;
}

/** The one that closes what nobody had a record of: the first that can be written. */
export function inventoriesOf({
  connectors,
}: Pick<EngineContext, 'connectors'>): Pick<RuleContext, 'inventory' | 'readOnlyInventories'> {
  const all = [...connectors.inventory.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const readOnly = all.filter(({ port }) => !port.closes).map(({ name }) => name);
  const first = all.find(({ port }) => port.closes) ?? all[0];
  return {
    inventory: first?.name ?? null,
    ...(readOnly.length === 0 ? {} : { readOnlyInventories: readOnly }),
  };
}

function firstName(map: ReadonlyMap<string, unknown>): string | null {
  return [...map.keys()].toSorted()[0] ?? null;
}

/** The same for a custody: how it is to come back, and by whom; nobody can send it to a leaver whose address is unknown. */
export async function custodyRuleContext(
  context: EngineContext,
  db: Reader,
  { policyDigest, opened }: CustodyState,
  now: number,
): Promise<RuleContext> {
  const rules = await ruleContext(context, db, policyDigest, now);
  // Hardware without a person is sent back by nobody.
  if (opened.data.personId === null) return { ...rules, carrier: null };
  if (rules.carrier === null) return rules;
  // A label is money, and mail to somebody: whose group is only watched gets none.
  if ((await modeFor(context, { mode: 'enforce' }, opened.data.personId, db)) !== 'enforce')
    return { ...rules, carrier: null };
  const person = await db
    .selectFrom('persons')
    .select(['address_sealed', 'country'])
    .where('id', '=', opened.data.personId)
    .executeTakeFirst();
  const isSealed = (person?.address_sealed ?? null) !== null;
  const address = isSealed ? (await readValuesOf(db, opened.data.personId)).address : null;
  const country = address?.country ?? person?.country ?? null;
  const returnBy = returnMeansIn(rules.policy.return.means, country);
  if (address === null || context.returns.to === null || returnBy === 'drop-off')
    return { ...rules, returnBy, carrier: null };
  return { ...rules, returnBy, carrier: carrierOf(context, address.country) };
}
