/** Decisions of two people over the API: the one on duty asks, may not decide it herself, and a second person does. */
import { Refused } from './client.ts';
import type { EngineClient } from './client.ts';
import { Decision } from './shapes.ts';

export interface DecisionWish {
  readonly kind:
    | 'approve-mismatch'
    | 'change-route'
    | 'declare-lost'
    | 'release-wipe-limit'
    | 'vendor-sanitises';
  /** In words, for who decides. */
  readonly reason: string;
  readonly deviceId?: string;
  readonly to?: 'redeploy' | 'personal';
}

export type TwoPeople = ReturnType<typeof createTwoPeople>;

export function createTwoPeople(client: EngineClient) {
  const verdict = (desk: 'duty' | 'approver', { id, kind }: Decision) =>
    client.post(desk, `/decisions/${kind}/${id}/approve`, {});
  return {
    async ask({ kind, ...body }: DecisionWish): Promise<Decision> {
      return Decision.parse(await client.post('duty', `/decisions/${kind}`, body));
    },
    /** @returns How the API refuses whoever asked. @throws Error when it does not. */
    async decideAlone(decision: Decision): Promise<string> {
      try {
        await verdict('duty', decision);
      } catch (error) {
        if (error instanceof Refused && error.code === 'second-person-needed') return error.title;
        throw error;
      }
      throw new Error(`${decision.kind} was decided by who asked for it`);
    },
    /** @returns `false` when it is void: something has changed since it was asked for. */
    async approve(decision: Decision): Promise<boolean> {
      try {
        await verdict('approver', decision);
        return true;
      } catch (error) {
        if (error instanceof Refused && error.code === 'decision-void') return false;
        throw error;
      }
    },
  };
}
