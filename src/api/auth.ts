/** Who asks, by bearer token, and whether the one table lets them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { ApiToken } from './deps.ts';
import { notesOf } from './notes.ts';
import type { Caller } from './notes.ts';
import { isAllowed } from './permissions.ts';
import type { Action } from './permissions.ts';
import { Problem } from './problem.ts';

/** Refuses who has no valid token, and notes who has one. */
export function authenticate(tokens: readonly ApiToken[]): RequestHandler {
  const known = tokens.map(({ id, token, roles }) => ({
    caller: { tokenId: id, roles },
    hash: hashOf(token),
  }));
  return (request: Request, _response: Response, next: NextFunction) => {
    const given = /^Bearer +(\S+)$/iu.exec(request.headers.authorization ?? '')?.[1];
    const caller = given === undefined ? null : callerOf(given, known);
    if (caller === null) throw new Problem('unauthenticated');
    notesOf(request).caller = caller;
    next();
  };
}

/** Every token is compared, over hashes of one length: the time taken tells nothing. */
function callerOf(
  given: string,
  known: readonly { readonly caller: Caller; readonly hash: Buffer }[],
): Caller | null {
  const hash = hashOf(given);
  let found: Caller | null = null;
  for (const one of known) if (timingSafeEqual(hash, one.hash)) found = one.caller;
  return found;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Refuses who may not do it. Comes after `authenticate`. */
export function authorise(action: Action): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const { caller } = notesOf(request);
    if (caller === null) throw new Problem('unauthenticated');
    if (!isAllowed(caller.roles, action)) throw new Problem('forbidden');
    next();
  };
}
