import type { Response } from 'express';

/** One broken field of a request. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  readonly suggestion: string | null;
}

/** Answers with the vendor's error body: `{error: {code, message, errors}}`. */
export function fail(
  response: Response,
  status: number,
  code: string,
  message: string,
  errors: readonly FieldError[] = [],
): void {
  response.status(status).json({ error: { code, message, errors } });
}

/** 404, the same for every kind of object. */
export function notFound(response: Response): void {
  fail(response, 404, 'NOT_FOUND', 'The requested resource could not be found.');
}

/** 422 for fields that must be there. */
export function required(response: Response, ...names: string[]): void {
  const errors = names.map((field) => ({ field, message: 'cannot be blank', suggestion: null }));
  fail(response, 422, 'PARAMETER.REQUIRED', 'Missing required parameter.', errors);
}

/** 429. The vendor documents no `Retry-After`: clients must back off by themselves. */
export function rateLimited(response: Response): void {
  fail(response, 429, 'RATE_LIMITED', 'Too many requests; slow down and try again.');
}
