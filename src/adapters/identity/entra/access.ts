/** The cut of access at Entra ID, and its read-back. */
import type { AccessItemReading } from '../../../domain/access.ts';
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { CallOptions } from '../../read-options.ts';
import { Reference, Revocation } from './schema.ts';
import type { EntraUser } from './schema.ts';
import { orNull, readDeletedUser, readUser, userPath } from './users.ts';

/** What both calls need to know of the connector. */
export interface AccessContext {
  readonly connector: string;
  readonly graph: GraphClient;
  readonly clockSkewMs: number;
}

/**
 * Disables the account, revokes sign-in sessions and deletes the delegated grants of this user.
 *
 * An account that is synchronised from an on-premises directory can only be disabled there. Its sessions and grants are
 * cut all the same, and then the call is refused with the code `OnPremisesSyncEnabled`, so that somebody disables it.
 */
export async function cutAccess(
  context: AccessContext,
  userId: string,
  options?: CallOptions,
): Promise<readonly AccessItemReading[]> {
  const { connector, graph } = context;
  const user = await readUser(graph, userId, options);
  if (user === null) return ofDeleted(context, userId, options);
  const onPremises = user.onPremisesSyncEnabled === true;
  if (user.accountEnabled && !onPremises) {
    await graph.write('disable account', 'PATCH', userPath(userId), { accountEnabled: false }, options);
  }
  const revoked = await graph.write(
    'revoke sessions',
    'POST',
    `${userPath(userId)}/revokeSignInSessions`,
    undefined,
    options,
  );
  const answer = Revocation.safeParse(revoked);
  if (answer.data?.value !== true)
    throw unexpectedAnswer({ connector, operation: 'revoke sessions', effect: 'write' });
  for (const { id } of await listGrants(graph, userId, options)) {
    await orNull(
      graph.write(
        'delete grant',
        'DELETE',
        `/oauth2PermissionGrants/${encodeURIComponent(id)}`,
        undefined,
        options,
      ),
    );
  }
  if (user.accountEnabled && onPremises) {
    throw new ConnectorError('refused', connector, 'disable account', {
      vendorCode: 'OnPremisesSyncEnabled',
    });
  }
  const after = await readUser(graph, userId, options);
  if (after === null) return ofDeleted(context, userId, options);
  const before = validFrom(user);
  const since = validFrom(after);
  // Told by Microsoft's clock alone: the time moved, so the sessions ended by our revocation.
  const ended = since !== null && (before === null || since > before);
  return [account(after), sessions(ended, since), await grants(graph, userId, options)];
}

export async function readAccess(
  context: AccessContext,
  userId: string,
  cutAt: string | null,
  options?: CallOptions,
): Promise<readonly AccessItemReading[]> {
  const { graph, clockSkewMs } = context;
  const user = await readUser(graph, userId, options);
  if (user === null) return ofDeleted(context, userId, options);
  const since = validFrom(user);
  const ended = cutAt !== null && since !== null && Date.parse(since) >= Date.parse(cutAt) - clockSkewMs;
  return [account(user), sessions(ended, since), await grants(graph, userId, options)];
}

function account(user: EntraUser): AccessItemReading {
  return { item: 'account', state: user.accountEnabled ? 'open' : 'cut', basis: 'read-back', since: null };
}

/** Microsoft lets some minutes pass until the time moves; till then they are open. */
function sessions(ended: boolean, since: string | null): AccessItemReading {
  return { item: 'sessions', state: ended ? 'cut' : 'open', basis: 'read-back', since };
}

/** Consent that administrators gave for everybody is not this user's, and stays. */
async function grants(graph: GraphClient, userId: string, options?: CallOptions): Promise<AccessItemReading> {
  const left = await listGrants(graph, userId, options);
  return { item: 'grants', state: left.length === 0 ? 'cut' : 'open', basis: 'read-back', since: null };
}

function listGrants(
  graph: GraphClient,
  userId: string,
  options?: CallOptions,
): Promise<readonly Reference[]> {
  return graph.all('list grants', `${userPath(userId)}/oauth2PermissionGrants`, Reference, options);
}

/** A deleted account cannot sign in, and nothing of it can be used. */
async function ofDeleted(
  context: AccessContext,
  userId: string,
  options?: CallOptions,
): Promise<readonly AccessItemReading[]> {
  const deleted = await readDeletedUser(context.graph, userId, options);
  if (deleted === null) throw new ConnectorError('not-found', context.connector, 'read user');
  const since = toUtcIsoOrNever(deleted.deletedDateTime);
  return (['account', 'sessions', 'grants'] as const).map((item) => ({
    item,
    state: 'cut',
    basis: 'read-back',
    since,
  }));
}

function validFrom(user: EntraUser): string | null {
  return toUtcIsoOrNever(user.signInSessionsValidFromDateTime);
}
