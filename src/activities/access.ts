/** The access cut: done where the connector may act, and always read back, item by item. */
import type { IdentityProvider } from '../adapters/identity/port.ts';
import type { AccessItemReading } from '../domain/access.ts';
import type { CaseState } from '../domain/case-state.ts';
import { lastDecided } from '../domain/exceptions.ts';
import { ConnectorError } from '../adapters/errors.ts';
import { isGone } from '../domain/gone.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import { readIdentity } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import { loadCase, readPolicy } from '../store/rule-facts.ts';
import { recordCut, recordReadBack } from './access-records.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import type { SourceQuestion } from './discovery.ts';
import { isPassing, tryAgain } from './failures.ts';
import { modeFor } from './modes.ts';
import { accountsAt } from './person-accounts.ts';
import { raiseOnCase } from './raise.ts';
import { sharing } from './sharing.ts';

/**
 * Cuts the leaver's access at one identity provider and reads it back. Safe to repeat: every call of the port is idempotent,
 * and once cut it is only read again. What the provider refuses becomes an exception with an owner; what passes is tried
 * again.
 */
export async function cutAccess(context: EngineContext, question: SourceQuestion): Promise<void> {
  const { caseId, generation, connector } = question;
  const state = await loadCase(context.db, caseId, generation);
  if (state.cancelled !== null) return;
  const provider = connectorOf(context.connectors.identity, connector);
  const { port } = provider;
  const mode = await modeFor(context, provider, state.opened.data.personId);
  const policy = await readPolicy(context.db, state.policyDigest);
  const person = await readIdentity(context.db, leaverOf(state.opened.data));
  // One that only recommends cuts once somebody has said so on the exception that asks.
  const mayWrite = mode === 'enforce' || (mode === 'recommend' && wasTold(state, 'access-still-open', 'cut'));
  const mayCut = mayWrite && policy.accessCut.mode === 'enforce';
  try {
    if (mayCut && (await isBack(context, state, person)))
      return await raise(context, state, 'person-not-gone');
    const { ids, unclear } = await accountsAt(context, connector, port, person);
    if (unclear) return await raise(context, state, 'person-unclear');
    const items: AccessItemReading[] = [];
    for (const externalId of ids) {
      items.push(
        ...(mayCut
          ? await cutOne(context, question, state, port, externalId)
          : await lookAt(port, externalId)),
      );
    }
    await recordReadBack(context, question, ids[0] ?? null, items);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raise(context, state, `access-cut-${error.code}`);
  }
}

/**
 * Whether the provider whose event opened the case shows the person as here again: then nothing is cut. Our own cut would
 * make them look gone.
 */
async function isBack(context: EngineContext, state: CaseState, person: PersonIdentity): Promise<boolean> {
  const { source } = state.opened.data;
  const provider = context.connectors.identity.get(source);
  if (provider === undefined || state.cuts.size > 0) return false;
  const now = context.clock().getTime();
  const ids = person.accounts.filter((account) => account.connector === source).map((one) => one.externalId);
  for (const id of ids) {
    const live = await readTogether(context, `${source}:${id}`, () => provider.port.readPerson(id));
    const leaveAt = live === null || live.leaveAt === null ? null : Date.parse(live.leaveAt);
    const reading = {
      connector: source,
      rule: provider.port.goneRule,
      state: live?.state ?? 'deleted',
      leaveAt,
    } as const;
    if (isGone(reading, now) || (leaveAt !== null && leaveAt <= now)) return false;
  }
  return ids.length > 0;
}

/** Whether somebody decided an exception of that code with that outcome. */
function wasTold({ exceptions }: CaseState, code: string, outcome: string): boolean {
  return exceptions.some(
    ({ opened, resolved }) => opened.data.code === code && resolved?.data.outcome === outcome,
  );
}

/** All providers are cut at once, and each cut asks the one that told of the leave. */
const readTogether = sharing<Awaited<ReturnType<IdentityProvider['readPerson']>>>();

async function cutOne(
  context: EngineContext,
  question: SourceQuestion,
  state: CaseState,
  port: IdentityProvider,
  externalId: string,
): Promise<readonly AccessItemReading[]> {
  const cut = state.cuts.get(question.connector);
  const isDone = cut !== undefined && lastDecided(state.exceptions, 'access-still-open') < cut.seq;
  const cutAt = cut?.data.cutAt ?? context.clock().toISOString();
  try {
    const written = isDone ? [] : await port.cutAccess(externalId);
    context.crash('access-cut');
    await recordCut(context, question, externalId, cutAt);
    const read = await port.readAccess(externalId, cutAt);
    return read.map((item) => bestReading(item, written));
  } catch (error) {
    return ifDeleted(port, externalId, error);
  }
}

/** An account that is gone for good cannot be cut any more, and has nothing left open. */
async function ifDeleted(
  port: IdentityProvider,
  externalId: string,
  error: unknown,
): Promise<readonly AccessItemReading[]> {
  if (!(error instanceof ConnectorError) || error.code !== 'not-found') throw error;
  const live = await port.readPerson(externalId);
  if (live !== null && live.state !== 'deleted') throw error;
  return [{ item: 'account', state: 'cut', basis: 'read-back', since: null }];
}

/**
 * Reads without cutting: where the provider cuts by itself, or this connector may only look. A disabled account ends its own
 * sessions and grants, by the provider's rule.
 */
async function lookAt(port: IdentityProvider, externalId: string): Promise<readonly AccessItemReading[]> {
  try {
    const read = await port.readAccess(externalId, null);
    const disabled = read.some((item) => item.item === 'account' && item.state === 'cut');
    return read.map((item) =>
      disabled && item.state === 'open' ? { ...item, state: 'cut', basis: 'follows-account' } : item,
    );
  } catch (error) {
    return ifDeleted(port, externalId, error);
  }
}

/** Where nothing can be read back (Okta sessions), the vendor's own success answer is all there is, and says so. */
function bestReading(read: AccessItemReading, written: readonly AccessItemReading[]): AccessItemReading {
  if (read.basis === 'read-back') return read;
  return written.find((item) => item.item === read.item) ?? read;
}

function raise(context: EngineContext, state: CaseState, code: string): Promise<void> {
  return raiseOnCase(context, state, { code, gate: 'access-cut', owner: 'operator' });
}
