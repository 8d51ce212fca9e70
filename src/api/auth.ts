/** Who asks, by bearer token, and whether the one table lets them. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { isRevoked } from '../store/revocations.ts';
import type { ApiDeps } from './deps.ts';
import { isPassingFault } from './faults.ts';
import { notesOf } from './notes.ts';
import type { Caller, Notes } from './notes.ts';
import type { Bearer } from './oidc/verifier.ts';
import { isAllowed } from './permissions.ts';
import type { Action } from './permissions.ts';
import { Problem } from './problem.ts';
import { actorNotes } from './seen-actors.ts';
import type { SeenActors } from './seen-actors.ts';
import { staticTokens } from './static-tokens.ts';

type AuthDeps = Pick<ApiDeps, 'db' | 'tokens' | 'oidc' | 'log' | 'clock'>;

export interface AuthOptions {
  /** Lets a valid token in when the database does not answer and nobody can say whether its access was revoked. */
  readonly evenWithoutDatabase?: boolean;
}

/** Refuses who has no valid token or whose access was revoked, and notes who asks. */
export function authenticate(deps: AuthDeps, options: AuthOptions = {}): RequestHandler {
  const staticCaller = staticTokens(deps.tokens);
  const seen = actorNotes(deps.db);
  return async (request: Request, _response: Response, next: NextFunction) => {
    const notes = notesOf(request);
    const given = /^Bearer +(\S+)$/iu.exec(request.headers.authorization ?? '')?.[1];
    const bearer = given === undefined ? null : (staticCaller(given) ?? (await signedIn(given, deps, notes)));
    if (bearer === null) throw unauthenticated(deps);
    await admit(bearer, deps, seen).catch((error: unknown) => {
      if (options.evenWithoutDatabase !== true || !isPassingFault(error)) throw error;
    });
    notes.caller = callerOf(bearer);
    next();
  };
}

/** A static token's caller, or whom a token of the issuer speaks for. */
type Known = Caller | Bearer;

async function signedIn(token: string, deps: AuthDeps, { requestId }: Notes): Promise<Bearer | null> {
  if (deps.oidc === null) return null;
  const verdict = await deps.oidc.verifier.verify(token, deps.clock());
  if (verdict.kind === 'bearer') return verdict.bearer;
  deps.log.info({ requestId, refusal: verdict.why }, 'token refused');
  return null;
}

async function admit(bearer: Known, { db, clock }: AuthDeps, seen: SeenActors): Promise<void> {
  if (await isRevoked(db, bearer.actor)) throw new Problem('access-revoked');
  const { actor: id, kind, displayName, roles } = bearer;
  const { issuer, subject } = 'issuer' in bearer ? bearer : { issuer: null, subject: null };
  await seen.note({ id, kind, issuer, subject, displayName, roles }, clock());
}

function callerOf({ actor, kind, roles, connectors, expiresAt, displayName }: Known): Caller {
  return { actor, kind, roles, connectors, expiresAt, displayName };
}

/** With what a client needs to sign somebody in: nothing else of the API is open to say it. */
function unauthenticated({ oidc }: AuthDeps): Problem {
  return new Problem('unauthenticated', [], oidc === null ? {} : { signIn: oidc.signIn });
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
