/** Okta's error bodies: `{errorCode, errorSummary, errorLink, errorId, errorCauses}`. */
import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler, Response } from 'express';
import { FilterSyntaxError } from '../core/filter.ts';
import type { VendorRefusals } from '../core/simulator.ts';

/** Thrown by handlers; answered in Okta's shape. */
export class OktaError extends Error {
  override readonly name = 'OktaError';
  readonly status: number;
  readonly code: string;
  readonly causes: readonly string[];

  constructor(status: number, code: string, summary: string, causes: readonly string[] = []) {
    super(summary);
    this.status = status;
    this.code = code;
    this.causes = causes;
  }
}

/** 404 E0000007. `type` is the resource's name in Okta's words, e.g. `User`. */
export function notFound(id: string, type: string): OktaError {
  return new OktaError(404, 'E0000007', `Not found: Resource not found: ${id} (${type})`);
}

/** 400 E0000001 with the field and the reasons. */
export function invalid(field: string, ...causes: string[]): OktaError {
  return new OktaError(400, 'E0000001', `Api validation failed: ${field}`, causes);
}

/** 403 E0000038: the status of the user forbids it. */
export function wrongStatus(): OktaError {
  return new OktaError(403, 'E0000038', "This operation is not allowed in the user's current status.");
}

/** Answers with an error body. */
export function sendError(response: Response, { status, code, message, causes }: OktaError): void {
  const body = {
    errorCode: code,
    errorSummary: message,
    errorLink: code,
    errorId: `oae${randomBytes(12).toString('base64url')}`,
    errorCauses: causes.map((errorSummary) => ({ errorSummary })),
  };
  response.status(status).json(body);
}

/** Ends the router: turns what handlers throw into Okta's words. */
export const oktaErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof OktaError) return sendError(response, error);
  if (error instanceof FilterSyntaxError)
    return sendError(response, new OktaError(400, 'E0000031', `Invalid search criteria. ${error.message}`));
  if (error instanceof SyntaxError)
    return sendError(response, new OktaError(400, 'E0000003', 'The request body was not well-formed.'));
  next(error);
};

/** What the core asks of a vendor. `X-Rate-Limit-Reset` is in epoch seconds; there is no Retry-After. */
export const oktaRefusals: VendorRefusals = {
  rateLimited(_request, response, retryAfterSeconds) {
    response.set({
      'x-rate-limit-limit': '600',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + retryAfterSeconds),
    });
    sendError(response, tooMany());
  },
  failed(request, response, status) {
    if (status === 404)
      return sendError(
        response,
        new OktaError(
          404,
          'E0000022',
          `The endpoint does not support the provided HTTP method or does not exist: ${request.path}`,
        ),
      );
    sendError(
      response,
      new OktaError(
        status,
        'E0000009',
        status === 503 ? 'Service temporarily unavailable' : 'Internal Server Error',
      ),
    );
  },
};

/** 429 E0000047. */
export function tooMany(): OktaError {
  return new OktaError(429, 'E0000047', 'API call exceeded rate limit due to too many requests.');
}
