import type { Response } from 'express';

/** Answers with this system's error body. */
export function fail(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
}
