/** What `handback doctor` asks: whether the token sees the sites, and their assets by every path that is read. Changes nothing. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { LansweeperClient } from './client.ts';

export async function probe(
  client: LansweeperClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const authorized = await client.authorizedSites(options);
  const wanted = client.settings.sites ?? authorized;
  if (wanted.length === 0) return { missing: ['a site that the token may see'] };
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
  return { missing };
}
