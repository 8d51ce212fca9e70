import type { Response } from 'express';

/** The Table API's way to say no. */
export function sendError(response: Response, status: number, message: string, detail: string): void {
  response.status(status).json({ error: { message, detail }, status: 'failure' });
}

export function noRecord(response: Response): void {
  sendError(response, 404, 'No Record found', "Record doesn't exist or ACL restricts the record retrieval");
}

export function notAuthenticated(response: Response): void {
  response.set('WWW-Authenticate', 'BASIC realm="Service-now"');
  sendError(response, 401, 'User Not Authenticated', 'Required to provide Auth information');
}

/** Past a rate limit rule. `seconds` until the next request may go. */
export function throttled(response: Response, seconds: number, perHour: number): void {
  response.set({
    'Retry-After': String(seconds),
    'X-RateLimit-Limit': String(perHour),
    'X-RateLimit-Reset': String(Math.ceil(Date.now() / 1000) + seconds),
    'X-RateLimit-Rule': 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  });
  sendError(
    response,
    429,
    'Rate limit exceeded',
    `Rate limit of ${perHour} requests per hour for Table API exceeded`,
  );
}
