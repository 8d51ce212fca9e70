/** What is known of a request besides what it carries: for the log, the metrics and the guard. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Role } from './permissions.ts';

/** Who asks: the token's id, never the token. */
export interface Caller {
  readonly tokenId: string;
  readonly roles: readonly Role[];
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
