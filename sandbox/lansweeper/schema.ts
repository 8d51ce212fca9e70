/** The part of the vendor's GraphQL schema that is served, and what answers it. */
import { buildSchema } from 'graphql';
import type { LansweeperOptions } from './options.ts';
import { checkFilters, matches } from './filters.ts';
import type { Filters } from './filters.ts';
import { checkPaths, itemOf } from './paths.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

/** Most assets of one page. */
const MOST_ITEMS = 500;

export const SCHEMA = buildSchema(`
  scalar JSON
  enum AssetsPaginationPage { FIRST NEXT PREV LAST }
  enum AssetsFilterType { EQUAL NOT_EQUAL LIKE IS_NULL IS_NOT_NULL }
  enum AssetsFilterConjunction { AND OR }
  input AssetsPaginationInputValidated { limit: Int, page: AssetsPaginationPage, cursor: String }
  input AssetsFiltersCondition { operator: AssetsFilterType!, path: String!, value: String }
  input AssetsFilterGroupedInput {
    conjunction: AssetsFilterConjunction
    conditions: [AssetsFiltersCondition!]
    groups: [AssetsFilterGroupedInput!]
  }
  type Pagination { limit: Int, current: String, next: String, page: AssetsPaginationPage }
  type AssetResources { total: Int, pagination: Pagination!, items: [JSON!]! }
  type Site {
    id: ID!
    name: String!
    assetResources(
      fields: [String!]!
      assetPagination: AssetsPaginationInputValidated
      filters: AssetsFilterGroupedInput
    ): AssetResources
  }
  type AuthorizedSites { sites: [Site!]! }
  type Query { authorizedSites: AuthorizedSites!, site(id: ID!): Site }
`);

interface Wanted {
  readonly fields: readonly string[];
  readonly assetPagination?: {
    readonly limit?: number | null;
    readonly page?: 'FIRST' | 'NEXT' | 'PREV' | 'LAST' | null;
    readonly cursor?: string | null;
  } | null;
  readonly filters?: Filters | null;
}

export interface Served {
  readonly store: () => Store;
  readonly options: LansweeperOptions;
}

/** Resolvers of the query type. */
export function rootOf({ store, options }: Served) {
  const sites = options.sites.filter(({ authorized }) => authorized);

  function siteOf(id: string, name: string) {
    return { id, name, assetResources: (wanted: Wanted) => resources(id, wanted) };
  }

  function resources(siteId: string, { fields, assetPagination, filters }: Wanted) {
    checkPaths(fields);
    if (filters) checkFilters(filters);
    const limit = assetPagination?.limit ?? 10;
    const page = assetPagination?.page ?? 'FIRST';
    const cursor = assetPagination?.cursor ?? null;
    if (limit < 1 || limit > MOST_ITEMS) throw new Refusal(`Invalid limit: the maximum is ${MOST_ITEMS}`);
    if (page === 'PREV' || page === 'LAST') throw new Refusal(`This simulator serves no page ${page}`);
    const found = [...store().assets.values()].filter(
      (asset) => asset.siteId === siteId && (!filters || matches(asset, filters)),
    );
    const after = page === 'NEXT' && cursor !== null ? placeIn(cursor) : 0;
    const rest = found.filter(({ place }) => place > after);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return {
      total: () => {
        if (page !== 'FIRST') throw new Refusal('The total needs the page FIRST');
        return found.length;
      },
      pagination: {
        limit,
        current: cursor,
        next: last !== undefined && rest.length > items.length ? cursorOf(last.place) : null,
        page,
      },
      items: items.map((asset) => itemOf(asset, fields)),
    };
  }

  return {
    authorizedSites: () => ({ sites: sites.map(({ id, name }) => siteOf(id, name)) }),
    site({ id }: { readonly id: string }) {
      const site = sites.find((each) => each.id === id);
      if (site === undefined) throw new Refusal("You don't have access to this site", 403);
      return siteOf(site.id, site.name);
    },
  };
}

/** Looks as the vendor's do, and holds when assets vanish. */
function cursorOf(place: number): string {
  return place.toString(16).padStart(24, '0');
}

function placeIn(cursor: string): number {
  if (!/^[0-9a-f]{24}$/.test(cursor)) throw new Refusal('Invalid cursor');
  return Number.parseInt(cursor, 16);
}
