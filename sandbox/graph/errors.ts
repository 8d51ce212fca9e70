/** Graph's error bodies: `{error: {code, message, innerError: {date, request-id, client-request-id}}}`. */
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { FilterSyntaxError } from '../core/filter.ts';
import type { VendorRefusals } from '../core/simulator.ts';

/** Thrown by handlers; answered in Graph's shape. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** 404 as the directory words it. */
export function userNotFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** 404 as Intune words it. */
export function deviceNotFound(id: string): GraphError {
  return new GraphError(404, 'ResourceNotFound', `The managed device ${id} was not found.`);
}

/** 400 as the directory words it. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message);
}

export function sendGraphError(
  request: Request,
  response: Response,
  { status, code, message, headers }: GraphError,
): void {
  const requestId = randomUUID();
  const clientRequestId = request.get('client-request-id') ?? requestId;
  response.set({ 'request-id': requestId, 'client-request-id': clientRequestId, ...headers });
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId,
  };
  response.status(status).json({ error: { code, message, innerError } });
}

export const graphErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (error instanceof GraphError) return sendGraphError(request, response, error);
  if (error instanceof FilterSyntaxError)
    return sendGraphError(request, response, badRequest(`Invalid filter clause: ${error.message}`));
  if (error instanceof SyntaxError)
    return sendGraphError(
      request,
      response,
      new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.'),
    );
  next(error);
};

const CODES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  404: 'BadRequest',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** What the core asks of a vendor. `Retry-After` is in seconds. */
export const graphRefusals: VendorRefusals = {
  rateLimited(request, response, retryAfterSeconds) {
    sendGraphError(
      request,
      response,
      new GraphError(429, 'TooManyRequests', 'Too many requests.', {
        'retry-after': String(retryAfterSeconds),
      }),
    );
  },
  failed(request, response, status) {
    const message =
      status === 404
        ? `Resource not found for the segment '${request.path}'.`
        : 'The service could not handle the request.';
    sendGraphError(request, response, new GraphError(status, CODES[status] ?? 'UnknownError', message));
  },
};
