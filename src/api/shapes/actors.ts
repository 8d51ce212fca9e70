/** Actors as answers show them. */
import { z } from 'zod';
import type { ListedActor } from '../../store/read/actors.ts';
import { Instant, MaybeInstant } from './common.ts';

export const ActorId = z
  .string()
  .regex(/^(user:[a-z2-7]{26}|token:[a-z0-9-]{1,64})$/u, 'an actor such as user:… or token:…');

export const ActorKind = z
  .enum(['person', 'program', 'token'])
  .meta({ description: 'A person or a program that signed in, or a static token of the configuration.' });

/** Who is behind an actor of the facts. */
export const ActorShape = z
  .object({
    actor: ActorId,
    kind: ActorKind,
    displayName: z.string().nullable().meta({ description: 'null: unknown, or erased.' }),
    isRevoked: z.boolean(),
  })
  .meta({ title: 'An actor' });

/** With what only who keeps the access sees. */
export const ActorAccess = ActorShape.extend({
  knownAt: Instant,
  lastSeenAt: MaybeInstant.meta({ description: 'Within ten minutes.' }),
  erasedAt: MaybeInstant,
  revoked: z
    .object({ at: Instant, by: z.string(), reason: z.string() })
    .nullable()
    .meta({ description: 'The revocation in force.' }),
}).meta({ title: 'An actor and its access' });

export function actorView(row: ListedActor) {
  return {
    actor: row.id,
    kind: row.kind,
    displayName: row.display_name,
    isRevoked: row.revoked_at !== null,
  };
}

export function actorAccessView(row: ListedActor) {
  const { revoked_at: at, revoked_by: by, reason } = row;
  return {
    ...actorView(row),
    knownAt: row.known_at,
    lastSeenAt: row.last_seen_at,
    erasedAt: row.erased_at,
    revoked: at === null || by === null || reason === null ? null : { at, by, reason },
  };
}
