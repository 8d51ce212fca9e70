/** What `handback doctor` asks: whether we are let in and see the sites, and their assets by every path that is read. Changes nothing. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { LansweeperClient } from './client.ts';
import { UNAUTHENTICATED } from './schema.ts';

export async function probe(
  client: LansweeperClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  try {
    const missing = await missingSites(client, options);
    return {
      missing: (await client.credentials.willLast(options?.signal)) ? missing : [...missing, ROTATED],
    };
  } catch (error) {
    const lacks = error instanceof ConnectorError ? lackOf(error) : null;
    if (lacks === null) throw error;
    return { missing: [lacks] };
  }
}

const ROTATED =
  'a refresh token that stays good: each renewal ends the one before, so it will not do after a restart, nor for two processes';

/** What credentials lack by the vendor's refusal; `null` where it is about something else. */
function lackOf({ code, operation, status, vendorCode }: ConnectorError): string | null {
  if (code !== 'refused') return null;
  if (vendorCode === UNAUTHENTICATED) return 'credentials that are in force';
  if (operation !== 'get token') return null;
  // An unknown client is "not found" there; a wrong secret and an ended authorisation are told apart by nothing.
  return status === 404
    ? 'an OAuth application of that clientId'
    : 'a clientSecret and a refreshToken that are in force (authorise the application again)';
}

async function missingSites(client: LansweeperClient, options?: CallOptions): Promise<readonly string[]> {
  const authorized = await client.authorizedSites(options);
  const wanted = client.settings.sites ?? authorized;
  if (wanted.length === 0) return ['a site that the token may see'];
  const missing: string[] = [];
  for (const site of wanted) {
    try {
      if (!authorized.includes(site)) missing.push(`access to site ${site}`);
      else await client.page(site, {}, options);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(`assets of site ${site}`);
    }
  }
  return missing;
}
