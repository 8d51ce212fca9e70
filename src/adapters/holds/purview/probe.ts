/** What `handback doctor` asks of Purview: two requests, within what Microsoft allows a minute. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { PurviewContext } from './page.ts';
import { casePath, CASES } from './steps.ts';

const ROLE = 'the role eDiscovery Administrator in Purview';

/**
 * Graph's permission alone opens nothing: the service principal also needs Purview's role. Without the one or the other Graph
 * refuses (clients report 401 for the role); with the role of a mere eDiscovery Manager it hides the cases of others.
 */
export async function probe(
  { graph, settings }: PurviewContext,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  try {
    await graph.get('probe', CASES, z.unknown(), options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
    return { missing: [`eDiscovery.Read.All or ${ROLE}`] };
  }
  try {
    await graph.get('probe sentinel case', casePath(settings.sentinelCaseId), z.unknown(), options);
    return { missing: [] };
  } catch (error) {
    const isHidden =
      error instanceof ConnectorError && (error.code === 'refused' || error.code === 'not-found');
    if (!isHidden) throw error;
    return { missing: [`${ROLE}, or the sentinel case is gone`] };
  }
}
