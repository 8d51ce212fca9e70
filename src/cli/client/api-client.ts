/** The API as the commands use it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CliError, reasonOf } from '../errors.ts';
import { Discrepancy } from './shapes.ts';

/** Where the API is, and who asks. */
export interface ApiAccess {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string | null;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiClient {
  /** @param path Under `/api/v1`. @throws CliError when the API does not answer or says no. */
  get(path: string, query?: Query): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

const TIME_LIMIT_MS = 30_000;
const TRIES = 3;

const Problem = z.object({
  title: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
  /** Of a pickup that cannot be confirmed. */
  discrepancies: z.array(Discrepancy).default([]),
});

export function apiClient(access: ApiAccess): ApiClient {
  return {
    get: (path, query = {}) => ask(access, `${path}${queryText(query)}`, { method: 'GET' }),
    post: (path, body) =>
      ask(access, path, {
        method: 'POST',
        // Tried again under the same key, it acts once.
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(body),
      }),
  };
}

async function ask(access: ApiAccess, path: string, request: RequestInit): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(access, path, request);
    if (response.ok) return response.json();
    if (response.status !== 503 || attempt === TRIES) throw new CliError(await refusal(response, access));
    await sleep((Number(response.headers.get('retry-after')) || 1) * 1_000);
  }
}

async function send({ url, token }: ApiAccess, path: string, request: RequestInit): Promise<Response> {
  const headers = new Headers(request.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await fetch(`${url}/api/v1${path}`, { ...request, headers, signal, redirect: 'error' });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CliError(
      `the API at ${url} does not answer (${reasonOf(cause)}): start it with \`handback up\`, or set HANDBACK_URL to where it is`,
      { cause: error },
    );
  }
}

/** What the API said, in a sentence with what to do next. */
async function refusal(response: Response, { url, token }: ApiAccess): Promise<string> {
  const { status } = response;
  if (status === 401) {
    return token === null
      ? `the API at ${url} needs a token: set HANDBACK_TOKEN, or run this in the directory of \`handback up\``
      : `the API at ${url} does not know the token: set HANDBACK_TOKEN to one of its configuration`;
  }
  const problem = Problem.safeParse(await response.json().catch(() => null)).data;
  if (problem === undefined) return `${url} answered ${status} and not as Handback does: check HANDBACK_URL`;
  if (status === 403) return 'the token has no role that may do this: use one that has (HANDBACK_TOKEN)';
  if (status === 503) return `the API cannot do this at the moment (${problem.title}): try again in a while`;
  const details = [
    ...problem.errors.map(({ path, message }) => `${path}: ${message}`),
    ...problem.discrepancies.map(({ kind, serial }) => `${kind} ${serial}`),
  ];
  return [`${problem.title} (${problem.code})`, ...details].join('; ');
}

function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
