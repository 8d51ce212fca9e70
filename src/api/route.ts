/** A route as one declaration, which drives Express, the guard and the OpenAPI description. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { ApiDeps } from './deps.ts';
import type { Caller } from './notes.ts';
import type { Action, Role } from './permissions.ts';
import type { ProblemCode } from './problem.ts';

const Nothing = z.strictObject({});

const BODY_LIMIT = 256 * 1024;
/** A body that is no JSON: a file, as it comes in. */
export interface Upload {
  readonly content: Readable;
  readonly contentType: string;
}

/** What a handler is given: validated, and who asks. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** `user:<digest>` or `token:<id>`: the actor in facts. */
  readonly actor: string;
  /** Everything the caller may be at this moment, for decisions that record it. */
  readonly roles: readonly Role[];
  /** The disposal vendors' connectors whose things alone may be shown; `null` = all. */
  readonly connectors: readonly string[] | null;
  readonly caller: Caller;
  /** The caller's own key for this request, unique per actor; `null` = none was given. */
  readonly idempotencyKey: string | null;
  /** Of a route that takes a file; `null` on all others. */
  readonly upload: Upload | null;
  readonly now: Date;
}

export interface Answer<R> {
  readonly status: 200 | 201 | 202;
  readonly body: R;
}

/** Handlers may answer with what they must not change themselves. */
export type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export interface Declaration<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put';
  /** Under `/api/v1`, as Express writes it. */
  readonly path: `/${string}`;
  readonly action: Action;
  readonly summary: string;
  readonly params?: P;
  /** Strict: unknown keys are refused. */
  readonly query?: Q;
  readonly body?: B;
  readonly answer: R;
  /** Largest body that is read, bytes. Default 256 KiB. */
  readonly bodyLimit?: number;
  /** Statuses of success, the usual one first. Default 200. */
  readonly statuses?: readonly Answer<unknown>['status'][];
  /** What it may refuse with, besides what every route may. */
  readonly problems?: readonly ProblemCode[];
  /** Takes an `Idempotency-Key`: a repeat would otherwise act twice. */
  readonly takesKey?: boolean;
  /** Takes a file as the body: these content types. */
  readonly takesFile?: readonly string[];
  readonly handle: (
    deps: ApiDeps,
    call: Call<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<Answer<Frozen<z.output<R>>>>;
}

/** A file as an answer. */
export interface Download {
  /** As whoever keeps it would name it. */
  readonly name: string;
  readonly content: Readable;
}

/** A declaration whose types have done their work. */
export interface Route {
  readonly method: 'get' | 'post' | 'put';
  readonly path: `/${string}`;
  readonly action: Action;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly answer: z.ZodType;
  /** Content type of what it answers with; `null`: JSON as `answer` says. */
  readonly download: string | null;
  readonly statuses: readonly number[];
  readonly problems: readonly ProblemCode[];
  readonly takesKey: boolean;
  readonly takesFile: readonly string[] | null;
  handle(deps: ApiDeps, call: Call<unknown, unknown, unknown>): Promise<Answer<unknown>>;
}

/** Declares a route. */
export function route<
  R extends z.ZodType,
  P extends z.ZodType = typeof Nothing,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof Nothing,
>(declaration: Declaration<P, Q, B, R>): Route {
  const { method, path, action, summary, answer } = declaration;
  return {
    method,
    path,
    action,
    summary,
    params: declaration.params ?? Nothing,
    query: declaration.query ?? Nothing,
    body: declaration.body ?? null,
    bodyLimit: declaration.bodyLimit ?? BODY_LIMIT,
    answer,
    download: null,
    statuses: declaration.statuses ?? [200],
    problems: declaration.problems ?? [],
    takesKey: declaration.takesKey ?? false,
    takesFile: declaration.takesFile ?? null,
    // The call was validated with this very declaration's schemas.
    handle: (deps, call) => declaration.handle(deps, call as Call<z.output<P>, z.output<Q>, z.output<B>>),
  };
}

/** Declares a route that answers with a file. What can go wrong should do so before the first byte: then it is a problem. */
export function downloadRoute<P extends z.ZodType = typeof Nothing, Q extends z.ZodType = typeof Nothing>(
  declaration: Omit<Declaration<P, Q, typeof Nothing, z.ZodUnknown>, 'answer' | 'handle' | 'body'> & {
    readonly contentType: string;
    readonly handle: (deps: ApiDeps, call: Call<z.output<P>, z.output<Q>, unknown>) => Promise<Download>;
  },
): Route {
  const { contentType, handle, ...rest } = declaration;
  const declared = route({
    ...rest,
    answer: z.unknown(),
    handle: async (deps, call) => ok(await handle(deps, call)),
  });
  return { ...declared, download: contentType };
}

export function ok<R>(body: R): Answer<R> {
  return { status: 200, body };
}
