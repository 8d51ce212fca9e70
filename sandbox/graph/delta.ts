/** `/users/delta`: full synchronisation by pages, then what changed since, with opaque tokens that grow old. */
import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import type { Request } from 'express';
import { queryText } from '../core/http.ts';
import { GraphError } from './errors.ts';
import { linkWith, pick, readPageSize, readSelect } from './odata.ts';
import { DEFAULT_FIELDS } from './users.ts';
import type { GraphUser } from './state.ts';
import type { GraphTenant } from './tenant.ts';

const TOKEN_LIFE_MS = 7 * 86_400_000;

/** Where a client is. `ids` are still to be sent in this round; `since` is the change the round started at. */
interface Position {
  readonly kind: 'skip' | 'delta';
  readonly select: readonly string[] | undefined;
  readonly ids: readonly string[];
  /** Whether `ids` come from a full synchronisation, which leaves out deleted users. */
  readonly full: boolean;
  readonly since: number;
  readonly issued: number;
}

/** A token that is not good any more, and what its query selected. */
interface Refusal {
  readonly how: '410' | '400';
  readonly select: readonly string[] | undefined;
}

/** The tokens given out, and what the control listener wants of the next rounds. */
export class DeltaTokens {
  #positions = new Map<string, Position>();
  /** Tokens issued before this sequence of events answer as expired. */
  #expired = new Map<string, '410' | '400'>();
  /** Changes before the client's position to send once more in the next round, and whether to list users twice. */
  replay = { changes: 0, twice: false };

  issue(position: Omit<Position, 'issued'>): string {
    const token = randomBytes(48).toString('base64url');
    this.#positions.set(token, { ...position, issued: Date.now() });
    return token;
  }

  /** Every token given out so far is too old from now on. */
  expireAll(how: '410' | '400'): void {
    for (const token of this.#positions.keys()) this.#expired.set(token, how);
  }

  read(token: string, kind: Position['kind']): Position | Refusal {
    const position = this.#positions.get(token);
    if (position === undefined || position.kind !== kind) return { how: '400', select: undefined };
    const how = Date.now() - position.issued > TOKEN_LIFE_MS ? '400' : this.#expired.get(token);
    return how === undefined ? position : { how, select: position.select };
  }

  clear(): void {
    this.#positions.clear();
    this.#expired.clear();
    this.replay = { changes: 0, twice: false };
  }
}

export function deltaRouter(tenant: GraphTenant, tokens: DeltaTokens): Router {
  const router = Router();
  const { state, context, options } = tenant;

  const gone = (request: Request, { how, select }: Refusal): GraphError => {
    if (how === '400')
      return new GraphError(
        400,
        'syncStateNotFound',
        'The delta token is not known any more; a full synchronisation is needed.',
      );
    // The initial query again, with an empty token.
    const location = `${context.url}${request.baseUrl}/users/delta?$deltatoken=${select === undefined ? '' : `&$select=${select.join(',')}`}`;
    return new GraphError(410, 'resyncRequired', 'A full synchronisation is needed.', { location });
  };
  const start = (request: Request): Position => {
    const skip = queryText(request, '$skiptoken');
    const delta = queryText(request, '$deltatoken');
    const now = { since: state.sequence, issued: Date.now() };
    if (skip === undefined && (delta === undefined || delta === '' || delta === 'latest')) {
      const ids =
        delta === 'latest'
          ? []
          : [...state.users.values()]
              .filter(({ deletedDateTime }) => deletedDateTime === null)
              .map(({ id }) => id);
      return { kind: 'skip', select: readSelect(request), ids, full: true, ...now };
    }
    const position = skip === undefined ? tokens.read(delta ?? '', 'delta') : tokens.read(skip, 'skip');
    if ('how' in position) throw gone(request, position);
    if (position.kind === 'skip') return position;
    const { changes, twice } = tokens.replay;
    tokens.replay = { changes: 0, twice: false };
    const ids = new Set(
      state.changes
        .slice(Math.max(0, position.since - changes))
        .filter(
          ({ fields, kind }) =>
            kind !== 'changed' ||
            fields.length === 0 ||
            position.select === undefined ||
            fields.some((name) => position.select?.includes(name)),
        )
        .map(({ userId }) => userId),
    );
    return {
      kind: 'skip',
      select: position.select,
      ids: twice ? [...ids, ...ids] : [...ids],
      full: false,
      ...now,
    };
  };

  /** The fields of a user that somebody has set since the seed; a cleared one is shown as null. */
  const namesSet = (id: string): Set<string> =>
    new Set(state.changes.filter(({ userId }) => userId === id).flatMap(({ fields }) => fields));

  router.get(
    [
      '/users/delta',
      '/users/microsoft.graph.delta',
      '/users/microsoft.graph.delta\\(\\)',
      '/users/delta\\(\\)',
    ],
    (request, response) => {
      const position = start(request);
      const size = readPageSize(request, options.pageSize);
      const page = position.ids.slice(0, size);
      const rest = position.ids.slice(size);
      const { select, full, since } = position;
      const value = page.flatMap((id) => entry(state.users.get(id), id, select, full, namesSet(id)));
      const link =
        rest.length > 0
          ? {
              '@odata.nextLink': linkOnly(
                request,
                context.url,
                '$skiptoken',
                tokens.issue({ kind: 'skip', select, ids: rest, full, since }),
              ),
            }
          : {
              '@odata.deltaLink': linkOnly(
                request,
                context.url,
                '$deltatoken',
                tokens.issue({ kind: 'delta', select, ids: [], full: false, since }),
              ),
            };
      response.json({
        '@odata.context': `${context.url}/v1.0/$metadata#users${select === undefined ? '' : `(${select.join(',')})`}`,
        ...link,
        value,
      });
    },
  );
  return router;
}

/** A user as delta shows it: its fields, or that it is gone (`changed`: can be restored; `deleted`: for good). */
function entry(
  user: GraphUser | undefined,
  id: string,
  select: readonly string[] | undefined,
  full: boolean,
  namesSet: ReadonlySet<string>,
): object[] {
  if (user === undefined) return full ? [] : [{ id, '@removed': { reason: 'deleted' } }];
  if (user.deletedDateTime !== null) return full ? [] : [{ id, '@removed': { reason: 'changed' } }];
  const fields = pick(user.fields, select ?? DEFAULT_FIELDS);
  // Fields that were never set are left out; one that was set and cleared is null.
  const set = Object.entries(fields).filter(([name, value]) => value !== null || namesSet.has(name));
  return [{ ...Object.fromEntries(set), id }];
}

/** The token stands for the whole query, so that nothing else is in the link. */
function linkOnly(request: Request, url: string, name: string, token: string): string {
  const link = new URL(linkWith(request, url, name, token));
  return `${link.origin}${link.pathname}?${name}=${token}`;
}
