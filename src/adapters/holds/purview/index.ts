/**
 * Microsoft Purview eDiscovery as a hold source: cases, custodians and hold policies of Microsoft Graph v1.0 under
 * `/security/cases/ediscoveryCases`. Sources: Microsoft Graph's reference of these resources, its guide to app-only access for
 * eDiscovery, its throttling limits, and Purview's pages on holds and on closing a case.
 *
 * There is no query by person, so an answer about one takes the reading of every open case: one request for each page of cases,
 * and for each open case two and one more for every hold policy. Microsoft allows five requests a minute, so all who ask at the
 * same time share a reading.
 *
 * A hold on a mailbox names a person by the mailbox's address. One on a site or on a group only names nobody, and is not seen.
 */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { transportFailure } from '../../clients/failure.ts';
import { createGraphClient } from '../../clients/graph/client.ts';
import type { CallOptions } from '../../read-options.ts';
import type { ExternalHold, HoldSource } from '../port.ts';
import type { PurviewContext } from './page.ts';
import { probe } from './probe.ts';
import { advance } from './reading.ts';
import type { PurviewSettings } from './settings.ts';
import { createSharedReading } from './shared-reading.ts';
import { agendaOf, cursorOf, WHOLE_AGENDA } from './steps.ts';

export { PurviewSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createPurview(name: string, settings: PurviewSettings, deps: AdapterDeps = {}): HoldSource {
  const context: PurviewContext = {
    connector: name,
    graph: createGraphClient(name, settings, deps),
    settings,
  };
  const everyHold = createSharedReading((signal) => readAll(context, { signal }));
  return {
    freshness: { sweptWithinMs: settings.answerLifeMs },
    async holdsOn(subject, options) {
      const operation = 'read holds';
      const wanted = new Set(subject.addresses.map(keyOf).filter((address) => address !== ''));
      // Nobody is on no hold: that would be an answer about no one.
      if (wanted.size === 0)
        throw new ConnectorError('refused', name, operation, { vendorCode: 'NO_ADDRESS' });
      try {
        const holds = await everyHold.ask(options?.signal);
        return holds.filter(({ addresses }) => addresses.some((address) => wanted.has(keyOf(address))));
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw transportFailure({ connector: name, operation, effect: 'read' }, error);
      }
    },
    async listHolds(cursor, options) {
      const { holds, agenda } = await advance(context, agendaOf(name, cursor), options);
      return { items: holds, next: cursorOf(agenda) };
    },
    probe: (options) => probe(context, options),
  };
}

/** Every hold in force, of whomever. */
async function readAll(context: PurviewContext, options: CallOptions): Promise<readonly ExternalHold[]> {
  const found = new Map<string, ExternalHold>();
  for (let agenda = WHOLE_AGENDA; agenda.steps.length > 0;) {
    const step = await advance(context, agenda, options);
    for (const hold of step.holds) found.set(hold.externalId, hold);
    agenda = step.agenda;
  }
  return [...found.values()];
}

function keyOf(address: string): string {
  return address.trim().toLowerCase();
}
