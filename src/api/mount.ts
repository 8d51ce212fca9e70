/** Declared routes as Express handlers: guard, parse, validate, answer. */
import { pipeline } from 'node:stream/promises';
import express from 'express';
import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import { authorise } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { notesOf } from './notes.ts';
import { isVendorOnly } from './permissions.ts';
import { Problem } from './problem.ts';
import type { ProblemItem } from './problem.ts';
import type { Download, Route } from './route.ts';

const KEY = /^[\x21-\x7e]{1,128}$/u;

/** Where all declared routes live. */
export const BASE = '/api/v1';

export function mount(router: Router, route: Route, deps: ApiDeps): void {
  const template = `${BASE}${route.path}`;
  const handlers = [
    (request: Request, _response: Response, next: () => void) => {
      notesOf(request).template = template;
      next();
    },
    authorise(route.action),
    ...(route.body === null
      ? []
      : [express.json({ limit: route.bodyLimit, type: 'application/json', strict: true })]),
    async (request: Request, response: Response) => {
      const { status, body } = await route.handle(deps, callOf(route, request, deps));
      if (route.download !== null) return send(response, route.download, body as Download);
      if (deps.checkAnswers === true) route.answer.parse(body);
      response.status(status).json(body);
    },
  ];
  router[route.method](route.path, ...handlers);
}

/** An answer that breaks off is broken off: whoever reads it then knows that it is not whole. */
async function send(response: Response, contentType: string, { name, content }: Download): Promise<void> {
  response.status(200).type(contentType);
  response.setHeader('content-disposition', `attachment; filename="${name}"`);
  await pipeline(content, response);
}

function callOf(route: Route, request: Request, deps: ApiDeps) {
  const { caller } = notesOf(request);
  if (caller === null) throw new Problem('unauthenticated');
  const problems: ProblemItem[] = [];
  const params = check('path', route.params, request.params, problems);
  const query = check('query', route.query, queryOf(request, problems), problems);
  const body = route.body === null ? {} : check('body', route.body, bodyOf(request), problems);
  const idempotencyKey = request.get('idempotency-key') ?? null;
  if (idempotencyKey !== null && !KEY.test(idempotencyKey)) {
    problems.push({ path: 'header.idempotency-key', message: '1 to 128 visible ASCII characters' });
  }
  if (problems.length > 0) throw new Problem('invalid-request', problems);
  const { actor, roles } = caller;
  const connectors = isVendorOnly(roles, route.action) ? caller.connectors : null;
  const contentType = request.get('content-type') ?? '';
  const upload = route.takesFile === null ? null : { content: request, contentType };
  const now = deps.clock();
  return { params, query, body, actor, roles, connectors, caller, idempotencyKey, upload, now };
}

function check(where: string, schema: z.ZodType, value: unknown, problems: ProblemItem[]): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  problems.push(
    ...parsed.error.issues.map((issue) => ({
      path: [where, ...issue.path.map(String)].join('.'),
      message: issue.message,
    })),
  );
  return undefined;
}

/** A key that comes twice could be read in two ways: refused. */
function queryOf(request: Request, problems: ProblemItem[]): Readonly<Record<string, string>> {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const query = Object.fromEntries(searchParams);
  for (const key of new Set(searchParams.keys())) {
    if (searchParams.getAll(key).length > 1)
      problems.push({ path: `query.${key}`, message: 'given more than once' });
  }
  return query;
}

/** A body of another type was not parsed; none at all is an empty one. */
function bodyOf(request: Request): unknown {
  if (request.body !== undefined) return request.body;
  const length = request.get('content-length');
  const isEmpty = request.get('transfer-encoding') === undefined && (length === undefined || length === '0');
  if (!isEmpty && request.is('application/json') === false) throw new Problem('unsupported-media-type');
  return {};
}
