/** The `filters` argument: conditions and groups of them, joined by one conjunction. */
import { checkFilterPath, valuesAt } from './paths.ts';
import { Refusal } from './refusal.ts';
import type { Asset } from './store.ts';

/** Most conditions of one request. */
const MOST_CONDITIONS = 100;

export interface Condition {
  readonly operator: 'EQUAL' | 'NOT_EQUAL' | 'LIKE' | 'IS_NULL' | 'IS_NOT_NULL';
  readonly path: string;
  readonly value?: string | null;
}

export interface Filters {
  readonly conjunction?: 'AND' | 'OR' | null;
  readonly conditions?: readonly Condition[] | null;
  readonly groups?: readonly Filters[] | null;
}

/** @throws Refusal for a path that cannot be filtered by, or too many conditions. */
export function checkFilters(filters: Filters): void {
  const all = conditionsOf(filters);
  if (all.length > MOST_CONDITIONS) {
    throw new Refusal(`Too many filters: the maximum is ${MOST_CONDITIONS}`);
  }
  for (const { path } of all) checkFilterPath(path);
}

export function matches(asset: Asset, { conjunction, conditions, groups }: Filters): boolean {
  const parts = [
    ...(conditions ?? []).map((condition) => holds(asset, condition)),
    ...(groups ?? []).map((group) => matches(asset, group)),
  ];
  return conjunction === 'OR' ? parts.some(Boolean) : parts.every(Boolean);
}

/** Of a list any element will do, so two conditions may be met by different elements. Case counts, but in LIKE. */
function holds(asset: Asset, { operator, path, value }: Condition): boolean {
  const values = valuesAt(asset, path);
  const wanted = value ?? '';
  switch (operator) {
    case 'EQUAL':
      return values.includes(wanted);
    case 'NOT_EQUAL':
      return !values.includes(wanted);
    case 'LIKE':
      return values.some((each) => each.toLowerCase().includes(wanted.toLowerCase()));
    case 'IS_NULL':
      return values.length === 0;
    case 'IS_NOT_NULL':
      return values.length > 0;
  }
}

function conditionsOf({ conditions, groups }: Filters): readonly Condition[] {
  return [...(conditions ?? []), ...(groups ?? []).flatMap(conditionsOf)];
}
