/** Apple's error bodies (JSON:API): `{errors: [{id, status, code, title, detail}]}`. */
import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Response } from 'express';
import type { VendorRefusals } from '../core/simulator.ts';

/** Thrown by handlers; answered in Apple's shape. */
export class AppleError extends Error {
  override readonly name = 'AppleError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export function notFound(id: string): AppleError {
  return new AppleError(404, 'NOT_FOUND', `There is no resource with the id ${id}.`);
}

export function sendAppleError(response: Response, { status, code, message }: AppleError): void {
  const error = { id: randomUUID(), status: String(status), code, title: code, detail: message };
  response.status(status).json({ errors: [error] });
}

export const appleErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof AppleError) return sendAppleError(response, error);
  if (error instanceof SyntaxError)
    return sendAppleError(response, new AppleError(400, 'PARAMETER_ERROR.INVALID', 'The body is no JSON.'));
  next(error);
};

const CODES: Readonly<Record<number, string>> = {
  400: 'PARAMETER_ERROR.INVALID',
  401: 'NOT_AUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'ENTITY_ERROR',
  500: 'UNEXPECTED_ERROR',
};

export const appleRefusals: VendorRefusals = {
  rateLimited(_request, response, seconds) {
    response.set('retry-after', String(seconds));
    sendAppleError(response, new AppleError(429, 'RATE_LIMIT_EXCEEDED', 'Too many requests.'));
  },
  failed(_request, response, status) {
    const code = CODES[status] ?? 'UNEXPECTED_ERROR';
    sendAppleError(response, new AppleError(status, code, 'The request could not be served.'));
  },
};
