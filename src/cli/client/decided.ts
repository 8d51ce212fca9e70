/** What people decided, or are to decide, beside what a command shows. */
import { ApiRefusal } from '../errors.ts';
import type { ApiClient, Query } from './api-client.ts';
import { Decision, Hold } from './decision-shapes.ts';
import { readList } from './pages.ts';

const ALL = { all: true, limit: 0 } as const;

/** What waits for a second person; `null` where the token's role may not see it. */
export async function openDecisions(api: ApiClient, about: Query): Promise<readonly Decision[] | null> {
  try {
    return (await readList(api, '/decisions', Decision, ALL, about)).items;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 403) return null;
    throw error;
  }
}

/** Holds in force on the person. */
export async function holdsOn(api: ApiClient, personId: string): Promise<readonly Hold[]> {
  return (await readList(api, '/holds', Hold, ALL, { personId })).items;
}
