/** Notes who was seen, without a write for each request. */
import { noteActor } from '../store/actors.ts';
import type { SeenActor } from '../store/actors.ts';
import { noteRoles } from '../store/audits/actor-roles.ts';
import type { Database } from '../store/database.ts';

export interface SeenActors {
  /** Written when an actor is new to this process, has another name or other roles, or was last noted a while ago. */
  note(actor: SeenActor & { readonly roles: readonly string[] }, now: Date): Promise<void>;
}

const EVERY_MS = 600_000;
/** More actors than an installation has; past it the oldest are noted again. */
const REMEMBERED = 10_000;

export function actorNotes(db: Database): SeenActors {
  const noted = new Map<
    string,
    { readonly name: string | null; readonly roles: string; readonly at: number }
  >();
  return {
    async note(actor, now) {
      const { id, displayName: name } = actor;
      const roles = actor.roles.join(' ');
      const last = noted.get(id);
      if (
        last !== undefined &&
        last.name === name &&
        last.roles === roles &&
        now.getTime() - last.at < EVERY_MS
      )
        return;
      await noteActor(db, actor, now);
      await noteRoles(db, actor, now);
      noted.delete(id);
      noted.set(id, { name, roles, at: now.getTime() });
      const [oldest] = noted.keys();
      if (noted.size > REMEMBERED && oldest !== undefined) noted.delete(oldest);
    },
  };
}
