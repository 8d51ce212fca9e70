/** The OpenAPI 3.1 description, generated from the schemas that validate. */
import { z } from 'zod';
import { BASE } from './mount.ts';
import { PERMISSIONS } from './permissions.ts';
import { PROBLEMS } from './problem.ts';
import type { ProblemCode } from './problem.ts';
import type { Route } from './route.ts';

type Json = { readonly [key: string]: unknown };

/** What any route may refuse with. */
const ALWAYS: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'forbidden',
  'internal',
  'unavailable',
];

export function openApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `${BASE}${route.path.replace(/:([A-Za-z]+)/gu, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Handback',
      version: '1',
      description:
        'Offboarding that is complete only when every device is proven wiped, returned, handed over and closed.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: PROBLEM },
    },
  };
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', examples: ['/problems/not-found'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

function operation(route: Route): Json {
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.path.split('/')[1]],
    'x-action': route.action,
    'x-roles': PERMISSIONS[route.action],
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...(route.takesKey ? [KEY_HEADER] : []),
    ],
    ...(route.body !== null && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(route.body, 'input') } },
      },
    }),
    ...(route.takesFile !== null && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          route.takesFile.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
        ),
      },
    }),
    responses: { ...successes(route), ...refusals(route) },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[/-]/u).filter((word) => word !== '' && !word.startsWith(':'));
  const one = path.includes('/:') ? ['one'] : [];
  return [method, ...words, ...one]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

const KEY_HEADER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key again answers as the first time did, and does nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

function parameters(where: 'path' | 'query', schema: z.ZodType): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: one,
  }));
}

function successes(route: Route): Json {
  const content =
    route.download === null
      ? { 'application/json': { schema: jsonSchema(route.answer, 'output') } }
      : { [route.download]: { schema: { type: 'string', format: 'binary' } } };
  return Object.fromEntries(
    route.statuses.map((status) => [
      String(status),
      { description: status === 202 ? 'Recorded; see the verdict' : 'Done', content },
    ]),
  );
}

function refusals(route: Route): Json {
  const codes = [...ALWAYS, ...route.problems];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code][0]))].toSorted((a, b) => a - b);
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      { description: codes.filter((code) => PROBLEMS[code][0] === status).join(', '), content },
    ]),
  );
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'throw' });
  return rest;
}
