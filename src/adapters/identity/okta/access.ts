/** The cut of access at Okta, and its read-back. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { AccessItemReading } from '../../../domain/access.ts';
import type { OktaClient } from './client.ts';
import { OktaGrant, OktaUser } from './schema.ts';
import { userPath } from './users.ts';

/**
 * Revokes sessions with OAuth tokens, and grants, and deactivates.
 *
 * Okta documents deactivation for users that are not DEPROVISIONED only, and says nothing of the status for the two
 * revocations. So they are sent before the deactivation, where they are surely accepted, and again after it, since a
 * session could have been opened in between; a refusal for the status alone (E0000038) is then no error. Sessions of web
 * and native apps are not Okta's to end.
 */
export async function cutAccess(
  client: OktaClient,
  userId: string,
  options?: CallOptions,
): Promise<readonly AccessItemReading[]> {
  if ((await statusOf(client, userId, options)) !== 'DEPROVISIONED') {
    await revokeSessions(client, userId, options);
    await revokeGrants(client, userId, options);
    await deactivate(client, userId, options);
  }
  const sessions = await unlessStatusForbids(revokeSessions(client, userId, options));
  const grants = await unlessStatusForbids(revokeGrants(client, userId, options));
  const [account, , readGrants] = await readItems(client, userId, options);
  return [
    account,
    { item: 'sessions', state: sessions ? 'cut' : 'not-offered', basis: 'vendor-answer', since: null },
    grants ? readGrants : { item: 'grants', state: 'not-offered', basis: 'vendor-answer', since: null },
  ];
}

/** Okta lists no sessions: of them only the answer to our own revocation is known, so `cutAt` tells. */
export async function readAccess(
  client: OktaClient,
  userId: string,
  cutAt: string | null,
  options?: CallOptions,
): Promise<readonly AccessItemReading[]> {
  const [account, sessions, grants] = await readItems(client, userId, options);
  return [account, { ...sessions, state: cutAt === null ? 'open' : 'cut' }, grants];
}

async function readItems(
  client: OktaClient,
  userId: string,
  options?: CallOptions,
): Promise<readonly [AccessItemReading, AccessItemReading, AccessItemReading]> {
  const status = await statusOf(client, userId, options);
  let grants = 0;
  let next: string | null = `${userPath(userId)}/grants?limit=200`;
  while (next !== null) {
    const page: { items: readonly OktaGrant[]; next: string | null } = await client.page(
      'list grants',
      next,
      OktaGrant,
      options,
    );
    grants += page.items.filter((grant) => grant.status !== 'REVOKED').length;
    next = page.next;
  }
  return [
    { item: 'account', state: status === 'DEPROVISIONED' ? 'cut' : 'open', basis: 'read-back', since: null },
    { item: 'sessions', state: 'open', basis: 'vendor-answer', since: null },
    { item: 'grants', state: grants === 0 ? 'cut' : 'open', basis: 'read-back', since: null },
  ];
}

async function statusOf(
  client: OktaClient,
  userId: string,
  options?: CallOptions,
): Promise<OktaUser['status']> {
  const { status } = await client.get('read user', userPath(userId), OktaUser, options);
  return status;
}

function revokeSessions(client: OktaClient, userId: string, options?: CallOptions): Promise<void> {
  // Without `oauthTokens` Okta leaves OAuth refresh and access tokens alive.
  return client.write(
    'revoke sessions',
    (users) => users.revokeUserSessions({ userId, oauthTokens: true }),
    options,
  );
}

function revokeGrants(client: OktaClient, userId: string, options?: CallOptions): Promise<void> {
  return client.write('revoke grants', (users) => users.revokeUserGrants({ userId }), options);
}

/** Somebody else may deactivate at the same moment; what counts is that it is so. */
async function deactivate(client: OktaClient, userId: string, options?: CallOptions): Promise<void> {
  try {
    await client.write('deactivate user', (users) => users.deactivateUser({ userId }), options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || (error.code !== 'not-found' && error.code !== 'conflict'))
      throw error;
    if ((await statusOf(client, userId, options)) !== 'DEPROVISIONED') throw error;
  }
}

/** `false` when Okta said that the user's status does not allow it. */
async function unlessStatusForbids(revocation: Promise<void>): Promise<boolean> {
  try {
    await revocation;
    return true;
  } catch (error) {
    if (error instanceof ConnectorError && error.vendorCode === 'E0000038') return false;
    throw error;
  }
}
