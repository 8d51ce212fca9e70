/** What is known of a request besides what it carries: for the log, the metrics and the guard. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Role } from './permissions.ts';

/** Who asks, as facts and logs may have it: never the token. */
export interface Caller {
  /** `user:<digest>` of a person or program that signed in, `token:<id>` of a static token. */
  readonly actor: string;
  readonly kind: 'person' | 'program' | 'token';
  readonly roles: readonly Role[];
  /** Disposal vendors' connectors that the role `vendor` is bound to. */
  readonly connectors: readonly string[];
  /** `null`: a static token, which does not expire. */
  readonly expiresAt: Date | null;
  /** For the caller's own eyes. */
  readonly displayName: string | null;
}

export interface Notes {
  readonly requestId: string;
  /** The route's template; raw paths are never logged or counted. */
  template: string;
  caller: Caller | null;
}

const KNOWN = new WeakMap<IncomingMessage, Notes>();

export function notesOf(request: IncomingMessage): Notes {
  const known = KNOWN.get(request);
  if (known !== undefined) return known;
  const fresh: Notes = { requestId: randomUUID(), template: 'unmatched', caller: null };
  KNOWN.set(request, fresh);
  return fresh;
}
