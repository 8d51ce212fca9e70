import type { Response } from 'express';

/** What is wrong with one field of a request; `line` counts from 1 in a document. */
export interface Problem {
  readonly line?: number;
  readonly field: string;
  readonly message: string;
}

/** Answers with the vendor's error body. */
export function fail(
  response: Response,
  status: number,
  code: string,
  message: string,
  problems: readonly Problem[] = [],
): void {
  response.status(status).json({ error: { code, message, problems } });
}

/** 404. */
export function notFound(response: Response, message = 'There is no such pickup.'): void {
  fail(response, 404, 'not_found', message);
}
