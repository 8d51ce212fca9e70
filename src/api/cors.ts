/** Lets a browser at the Temporal UI use the codec. Nothing else is open to other origins. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';

export function allowOrigin(origin: string | null): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (origin === null || request.headers.origin !== origin) return next();
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'Origin');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    if (request.method !== 'OPTIONS') return next();
    // A preflight carries no token.
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-namespace');
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}
