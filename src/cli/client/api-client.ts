/** The API as the commands use it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DECISION_OBSTACLES } from '../../domain/decisions.ts';
import { ApiRefusal, CliError, reasonOf } from '../errors.ts';
import { Discrepancy } from './shapes.ts';

/** Where the API is, and who asks. */
export interface ApiAccess {
  /** Without a trailing slash. */
  readonly url: string;
  readonly tokens: Tokens;
}

/** A token, and where it is from. */
export interface FoundToken {
  readonly token: string;
  readonly from: 'environment' | 'sign-in' | 'installation';
}

export interface Tokens {
  /** One that holds; `null` when there is none. @throws CliError when it cannot be renewed. */
  current(): Promise<FoundToken | null>;
  /** Another one instead of one that was refused; `null` when there is no other. */
  renewed(refused: string): Promise<FoundToken | null>;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiClient {
  /** @param path Under `/api/v1`. @throws CliError when the API does not answer or says no. */
  get(path: string, query?: Query): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** A file. What is read of it may break off: then it is not whole. */
  download(path: string, query?: Query): Promise<ReadableStream<Uint8Array>>;
  /** Sends a file as it is; the answer may take minutes. */
  upload(path: string, query: Query, file: Blob): Promise<unknown>;
}

const TIME_LIMIT_MS = 30_000;
/** A file is made while it is read, and read while it is sent. */
const FILE_LIMIT_MS = 600_000;
const TRIES = 3;

const Problem = z.object({
  title: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
  /** Of a pickup that cannot be confirmed. */
  discrepancies: z.array(Discrepancy).default([]),
  /** Of a pickup that is not signed for: the sides; of a vendor that is not certified: the schemes. */
  missing: z.array(z.string()).default([]),
  lapsed: z.array(z.string()).default([]),
  /** Of a decision that is void: what is not so any more. */
  why: z.string().optional(),
});

export function apiClient(access: ApiAccess): ApiClient {
  return {
    get: async (path, query = {}) =>
      (await ask(access, `${path}${queryText(query)}`, { method: 'GET' })).json(),
    post: async (path, body) => {
      const response = await ask(access, path, {
        method: 'POST',
        // Tried again under the same key, it acts once.
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(body),
      });
      return response.json();
    },
    async download(path, query = {}) {
      const signal = AbortSignal.timeout(FILE_LIMIT_MS);
      const { body } = await ask(access, `${path}${queryText(query)}`, { method: 'GET', signal });
      if (body === null) throw new CliError('the API answered with nothing');
      return body;
    },
    async upload(path, query, file) {
      const response = await ask(access, `${path}${queryText(query)}`, {
        method: 'POST',
        headers: { 'content-type': file.type },
        body: file,
        signal: AbortSignal.timeout(FILE_LIMIT_MS),
      });
      return response.json();
    },
  };
}

async function ask({ url, tokens }: ApiAccess, path: string, request: RequestInit): Promise<Response> {
  let found = await tokens.current();
  let isRenewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(url, found, path, request);
    if (response.ok) return response;
    if (response.status === 401 && found !== null && !isRenewed) {
      isRenewed = true;
      const other = await tokens.renewed(found.token);
      if (other !== null && other.token !== found.token) {
        found = other;
        continue;
      }
    }
    if (response.status !== 503 || attempt >= TRIES)
      throw new ApiRefusal(await refusal(response, url, found?.from ?? null), response.status);
    await sleep((Number(response.headers.get('retry-after')) || 1) * 1_000);
  }
}

async function send(
  url: string,
  found: FoundToken | null,
  path: string,
  request: RequestInit,
): Promise<Response> {
  const headers = new Headers(request.headers);
  if (found !== null) headers.set('authorization', `Bearer ${found.token}`);
  const signal = request.signal ?? AbortSignal.timeout(TIME_LIMIT_MS);
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
async function refusal(response: Response, url: string, from: FoundToken['from'] | null): Promise<string> {
  const { status } = response;
  if (status === 401) return UNKNOWN_TOKEN[from ?? 'none'](url);
  const problem = Problem.safeParse(await response.json().catch(() => null)).data;
  if (problem === undefined) return `${url} answered ${status} and not as Handback does: check HANDBACK_URL`;
  if (problem.code === 'access-revoked') return `your access at ${url} was revoked: ask its administrators`;
  if (status === 403)
    return from === 'sign-in'
      ? 'you have no role that may do this: ask for the group that has it (`handback whoami` shows your roles)'
      : 'the token has no role that may do this: use one that has (HANDBACK_TOKEN)';
  if (status === 503) return `the API cannot do this at the moment (${problem.title}): try again in a while`;
  const details = [
    ...problem.errors.map(({ path, message }) =>
      path === 'body' || path === 'file' ? message : `${path}: ${message}`,
    ),
    ...(problem.why === undefined ? [] : [whyVoid(problem.why)]),
    ...problem.discrepancies.map(({ kind, serial }) => `${kind} ${serial}`),
    ...problem.missing.map((side) => `still to sign: ${side}`),
    ...problem.lapsed.map((scheme) => `not valid today: ${scheme}`),
  ];
  return [`${problem.title} (${problem.code})`, ...details].join('; ');
}

const UNKNOWN_TOKEN: Readonly<Record<FoundToken['from'] | 'none', (url: string) => string>> = {
  none: (url) =>
    `the API at ${url} needs a token: set HANDBACK_TOKEN, run \`handback login\`, or run this in the directory of \`handback up\``,
  environment: (url) =>
    `the API at ${url} does not know the token: set HANDBACK_TOKEN to one of its configuration`,
  installation: (url) =>
    `the API at ${url} does not know the token of this data directory: run \`handback login\`, or set HANDBACK_TOKEN`,
  'sign-in': (url) => `the API at ${url} does not take your sign-in: run \`handback login\``,
};

function whyVoid(why: string): string {
  if (why === 'requester-revoked') return 'the access of who asked for it was taken away';
  const sentences: Readonly<Record<string, string>> = DECISION_OBSTACLES;
  return sentences[why] ?? 'what exactly it is about has changed since';
}

function queryText(query: Query): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
