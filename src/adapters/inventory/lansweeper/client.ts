/** Lansweeper's Data API: one GraphQL endpoint, and a limit that must not be pressed against. */
import type { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import { statusFailure, unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { createHttpClient, parseJson } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { codeIn, Envelope, PATHS, ResourcesAnswer, SitesAnswer, UNAUTHENTICATED } from './schema.ts';
import type { AssetItem } from './schema.ts';
import type { LansweeperSettings } from './settings.ts';

/** An asset, and the site that it was read from: its key is the site's. */
export interface SiteItem {
  readonly site: string;
  readonly item: AssetItem;
}

/** Conditions and groups of them, joined by one conjunction. A condition on a list is met by any of its elements. */
export interface Filters {
  readonly conjunction: 'AND' | 'OR';
  readonly conditions?: readonly {
    readonly operator: 'EQUAL';
    readonly path: string;
    readonly value: string;
  }[];
  readonly groups?: readonly Filters[];
}

export interface LansweeperClient {
  readonly connector: string;
  readonly settings: LansweeperSettings;
  readonly credentials: Credentials;
  /** The sites to read: those of the settings, else every one that the token may see. */
  sites(options?: CallOptions): Promise<readonly string[]>;
  /** Every site that the token may see. */
  authorizedSites(options?: CallOptions): Promise<readonly string[]>;
  /** One page of a site's assets. `cursor`: of the page before. */
  page(
    site: string,
    wanted: { readonly filters?: Filters; readonly cursor?: string | null },
    options?: CallOptions,
  ): Promise<{ readonly items: readonly SiteItem[]; readonly next: string | null }>;
  /** All assets of all sites that the filters find; fully paged, or it throws. */
  all(filters: Filters, options?: CallOptions): Promise<readonly SiteItem[]>;
}

const ASSETS = `query ($site: ID!, $fields: [String!]!, $pagination: AssetsPaginationInputValidated, $filters: AssetsFilterGroupedInput) {
  site(id: $site) {
    assetResources(fields: $fields, assetPagination: $pagination, filters: $filters) {
      pagination { next }
      items
    }
  }
}`;

const SITES = '{ authorizedSites { sites { id } } }';

const PATH = '/api/v2/graphql';

/** How long the list of sites is taken for true, milliseconds: an administrator changes it. */
const FRESH_MS = 10 * 60_000;

export function createClient(
  connector: string,
  settings: LansweeperSettings,
  deps: AdapterDeps,
): LansweeperClient {
  const clock = deps.clock ?? (() => new Date());
  const http = createHttpClient({
    connector,
    baseUrl: settings.baseUrl,
    headers: { accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
    errorCode: codeIn,
  });
  const credentials = createCredentials(connector, settings, deps);
  let quietUntil = 0;
  let known: { readonly sites: readonly string[]; readonly until: number } | null = null;

  /** Says how long to leave the vendor alone, without asking it. */
  function keepQuiet(operation: string): void {
    const rest = quietUntil - clock().getTime();
    if (rest <= 0) return;
    throw new ConnectorError('retryable', connector, operation, {
      status: 429,
      retryAfterMs: rest,
      vendorCode: 'QUIET_AFTER_THROTTLE',
    });
  }

  async function ask<T>(
    operation: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    options?: CallOptions,
  ): Promise<T> {
    keepQuiet(operation);
    const at = { connector, operation, effect: 'read' } as const;
    try {
      return await signedIn(at, (authorization) => once(at, authorization), options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.status !== 429) throw error;
      quietUntil = clock().getTime() + settings.quietMs;
      throw statusFailure(at, 429, { retryAfterMs: Math.max(settings.quietMs, error.retryAfterMs ?? 0) });
    }

    async function once(call: Call, authorization: string): Promise<T> {
      const json = { query, variables };
      const request = { ...call, method: 'POST', path: PATH, json, headers: { authorization } } as const;
      const { body } = await http.send(request, options);
      const { data, errors } = parseJson(body, Envelope, call);
      if (errors !== undefined && errors.length > 0) throw failureOf(call, codeIn(body));
      const parsed = schema.safeParse(data);
      if (!parsed.success) throw unexpectedAnswer(call, parsed.error);
      return parsed.data;
    }
  }

  /** An access token that the vendor does not take (any more) is renewed once. */
  async function signedIn<T>(
    at: Call,
    work: (authorization: string) => Promise<T>,
    options: CallOptions | undefined,
    again = true,
  ): Promise<T> {
    const authorization = await credentials.get(options?.signal);
    try {
      return await work(authorization);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !saysUnauthenticated(error)) throw error;
      if (credentials.forget(authorization) && again) return signedIn(at, work, options, false);
      throw statusFailure(at, error.status ?? 401, { vendorCode: UNAUTHENTICATED });
    }
  }

  async function authorizedSites(options?: CallOptions): Promise<readonly string[]> {
    const { authorizedSites: answer } = await ask('list sites', SITES, {}, SitesAnswer, options);
    return answer.sites.map(({ id }) => id);
  }

  async function sites(options?: CallOptions): Promise<readonly string[]> {
    if (settings.sites !== undefined) return settings.sites;
    const now = clock().getTime();
    if (known !== null && now < known.until) return known.sites;
    const found = await authorizedSites(options);
    // Nothing to look into is not "nobody has anything".
    if (found.length === 0) {
      throw new ConnectorError('refused', connector, 'list sites', { vendorCode: 'NO_SITES' });
    }
    known = { sites: found, until: now + FRESH_MS };
    return found;
  }

  const page: LansweeperClient['page'] = async (site, { filters, cursor }, options) => {
    const begins = cursor === undefined || cursor === null;
    const pagination = {
      limit: settings.pageSize,
      page: begins ? 'FIRST' : 'NEXT',
      ...(begins ? {} : { cursor }),
    };
    const variables = { site, fields: PATHS, pagination, ...(filters === undefined ? {} : { filters }) };
    const answer = await ask('list assets', ASSETS, variables, ResourcesAnswer, options);
    const { items, pagination: where } = answer.site.assetResources;
    const next = where.next ?? null;
    // An empty page that is not the last one would be asked for for ever.
    if (next !== null && (next === cursor || items.length === 0))
      throw unexpectedAnswer({ connector, operation: 'list assets', effect: 'read' });
    return { items: items.map((item) => ({ site, item })), next: next === '' ? null : next };
  };

  return {
    connector,
    settings,
    credentials,
    sites,
    authorizedSites,
    page,
    async all(filters, options) {
      const found = new Map<string, SiteItem>();
      for (const site of await sites(options)) {
        for (let cursor: string | null = null, more = true; more;) {
          const part: Awaited<ReturnType<typeof page>> = await page(site, { filters, cursor }, options);
          for (const one of part.items) found.set(`${site}/${one.item.key}`, one);
          cursor = part.next;
          more = cursor !== null;
        }
      }
      return [...found.values()];
    },
  };
}

/** An error beside a 200: the vendor's own trouble passes, what it says of our question does not. */
function failureOf(at: Call, code: unknown): ConnectorError {
  return statusFailure(at, code === 'INTERNAL_SERVER_ERROR' ? 500 : 400, { vendorCode: code });
}

function saysUnauthenticated({ status, vendorCode }: ConnectorError): boolean {
  return status === 401 || vendorCode === UNAUTHENTICATED;
}
