/** What the global set-up and the test files agree on. */
import type { ProvidedContext } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A URL that answers with the shared server's; see `shared-server.ts`. */
    postgresDoor: string;
  }
}

/** The migrated database that each test database is a copy of. */
export const TEMPLATE = 'handback_template';

/** The name under which `postgresDoor` is provided. */
export const DOOR = 'postgresDoor' satisfies keyof ProvidedContext;
