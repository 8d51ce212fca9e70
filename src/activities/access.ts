/** The access cut: done where the connector may act, and always read back, item by item. */
import { ConnectorError } from '../adapters/errors.ts';
import type { AccessItemReading } from '../domain/access.ts';
import { caseStream } from '../domain/fact.ts';
import { appendFacts } from '../store/facts.ts';
import { readIdentity } from '../store/people.ts';
import { loadCase, readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import type { SourceQuestion } from './discovery.ts';
import { isPassing, tryAgain } from './failures.ts';
import { accountsAt } from './person-accounts.ts';
import { raiseOnCase } from './raise.ts';

/**
 * Cuts the leaver's access at one identity provider and reads it back. Safe to repeat: every call of the port is idempotent.
 * What the provider refuses becomes an exception with an owner; what passes is tried again.
 */
export async function cutAccess(context: EngineContext, question: SourceQuestion): Promise<void> {
  const { caseId, generation, connector } = question;
  const state = await loadCase(context.db, caseId, generation);
  if (state.cancelled !== null) return;
  const { mode, port } = connectorOf(context.connectors.identity, connector);
  const policy = await readPolicy(context.db, state.opened.data.policyDigest);
  const person = await readIdentity(context.db, state.opened.data.personId);
  const mayCut = mode === 'enforce' && policy.accessCut.mode === 'enforce';
  try {
    const { ids } = await accountsAt(context, connector, port, person);
    const items: AccessItemReading[] = [];
    for (const externalId of ids) {
      const cutAt = state.cuts.get(connector)?.data.cutAt ?? context.clock().toISOString();
      const written = mayCut ? await port.cutAccess(externalId) : [];
      context.crash('access-cut');
      if (mayCut) await recordCut(context, question, externalId, cutAt);
      const read = await port.readAccess(externalId, mayCut ? cutAt : null);
      items.push(...read.map((item) => bestReading(item, written)));
    }
    await recordReadBack(context, question, ids[0] ?? null, items);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raiseOnCase(context, state, {
      code: `access-cut-${error.code}`,
      gate: 'access-cut',
      owner: 'operator',
    });
  }
}

/** Where nothing can be read back (Okta sessions), the vendor's own success answer is all there is, and says so. */
function bestReading(read: AccessItemReading, written: readonly AccessItemReading[]): AccessItemReading {
  if (read.basis === 'read-back') return read;
  return written.find((item) => item.item === read.item) ?? read;
}

async function recordCut(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  externalId: string,
  cutAt: string,
): Promise<void> {
  const key = `access.cut:${caseId}:${generation}:${connector}:${externalId}`;
  await context.db.transaction().execute(async (tx) => {
    const known = await tx.selectFrom('facts').select('id').where('key', '=', key).executeTakeFirst();
    if (known !== undefined) return;
    const data = { generation, connector, externalId, cutAt };
    await appendFacts(
      tx,
      [{ stream: caseStream(caseId), key, type: 'access.cut', actor: 'handback', data }],
      context.clock(),
    );
  });
}

async function recordReadBack(
  context: EngineContext,
  { caseId, generation, connector }: SourceQuestion,
  externalId: string | null,
  items: readonly AccessItemReading[],
): Promise<void> {
  const readAt = context.clock().toISOString();
  const key = `access.read-back:${caseId}:${generation}:${connector}:${readAt}`;
  const data = { generation, connector, externalId, readAt, items };
  await context.db.transaction().execute((tx) =>
    appendFacts(
      tx,
      [
        {
          stream: caseStream(caseId),
          key,
          type: 'access.read-back',
          actor: `connector:${connector}`,
          data,
        },
      ],
      context.clock(),
    ),
  );
}
