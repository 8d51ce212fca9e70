/** The facts of an access cut. */
import type { AccessItemReading } from '../domain/access.ts';
import { caseStream } from '../domain/fact.ts';
import { foldCase } from '../domain/case-state.ts';
import type { EngineContext } from './context.ts';
import type { SourceQuestion } from './discovery.ts';
import { raiseOnCase } from './raise.ts';
import { recordOnce } from './record-once.ts';

/** Records the cut once. One that a cancellation has overtaken is said so: somebody must give the access back. */
export async function recordCut(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  externalId: string,
  cutAt: string,
): Promise<void> {
  const key = `access.cut:${caseId}:${generation}:${connector}:${externalId}`;
  const data = { generation, connector, externalId, cutAt };
  const fact = { stream: caseStream(caseId), key, type: 'access.cut', actor: 'handback', data } as const;
  const state = foldCase(await recordOnce(context, fact), generation);
  if (state === null || state.cancelled === null) return;
  await raiseOnCase(context, state, {
    code: 'access-cut-after-cancel',
    gate: 'access-cut',
    owner: 'operator',
  });
}

export async function recordReadBack(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  externalId: string | null,
  items: readonly AccessItemReading[],
): Promise<void> {
  const readAt = context.clock().toISOString();
  await recordOnce(context, {
    stream: caseStream(caseId),
    key: `access.read-back:${caseId}:${generation}:${connector}:${readAt}`,
    type: 'access.read-back',
    actor: `connector:${connector}`,
    data: { generation, connector, externalId, readAt, items },
  });
}
