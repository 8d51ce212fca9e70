import { z } from 'zod';
import { createConnectors } from '../../../adapters/connector-kinds.ts';
import type { Connected } from '../../../adapters/connectors.ts';
import type { Inventory } from '../../../adapters/inventory/port.ts';
import { ConnectorError } from '../../../adapters/errors.ts';
import type { CallOptions } from '../../../adapters/read-options.ts';
import type { Config, ConnectorConfig } from '../../../config/load.ts';
import { reasonOf } from '../../errors.ts';
import { skewCheck } from './check.ts';
import type { Check } from './check.ts';

const LIMIT_MS = 30_000;

interface Probed {
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}

/** Every connector, side by side: what its credentials may read, and its clock. Nothing is changed anywhere. */
export async function checkConnectors({ connectors }: Config): Promise<readonly Check[]> {
  if (connectors.length === 0) {
    return [
      { name: 'connectors', standing: 'warning', detail: 'none is configured: see handback.example.yaml' },
    ];
  }
  let made: ReadonlyMap<string, Connected<Probed>>;
  let notes: ReadonlyMap<string, string>;
  try {
    const all = createConnectors(connectors);
    const maps: readonly ReadonlyMap<string, Connected<Probed>>[] = Object.values(all);
    made = new Map(maps.flatMap((map) => [...map]));
    notes = new Map([...all.inventory].map(([name, { port }]) => [name, noteOn(port)]));
  } catch (error) {
    return [{ name: 'connectors', standing: 'failed', detail: reasonOf(error) }];
  }
  const checks = await Promise.all(
    connectors.map(async (connector) => {
      const port = made.get(connector.name)?.port;
      return port === undefined
        ? []
        : Promise.all([checkAccess(connector, port, notes.get(connector.name) ?? ''), checkClock(connector)]);
    }),
  );
  return checks.flat().filter((check) => check !== null);
}

/** What an inventory is not asked to do: no fault, but somebody else's to do then. */
function noteOn({ closes, leaving }: Inventory): string {
  if (!closes) return '; is only read: somebody else closes records there';
  if (leaving !== undefined) return '';
  return '; has no state for what left with the disposal vendor: that is not said there';
}

async function checkAccess(
  { name, kind, mode }: ConnectorConfig,
  port: Probed,
  note: string,
): Promise<Check> {
  const about = { name: `connector ${name}` };
  try {
    const { missing } = await port.probe({ signal: AbortSignal.timeout(LIMIT_MS) });
    if (missing.length > 0) {
      return {
        ...about,
        standing: 'failed',
        detail: `${kind}, ${mode}: lacks ${missing.join(', ')}`,
        missing,
      };
    }
    return { ...about, standing: 'ok', detail: `${kind}, ${mode}: may read what it needs${note}`, missing };
  } catch (error) {
    const [code, what] =
      error instanceof ConnectorError ? [error.code, error.message] : ['', reasonOf(error)];
    const next =
      code === 'refused'
        ? 'check its credentials'
        : 'check its address, and whether it can be reached from here';
    return { ...about, standing: 'failed', detail: `${what}: ${next}`, missing: [] };
  }
}

const Addressed = z.looseObject({
  baseUrl: z.string().optional(),
  readApi: z.looseObject({ baseUrl: z.string() }).optional(),
});

/** By the Date header of its front page, asked for without credentials; `null` when it does not tell. */
async function checkClock({ name, settings }: ConnectorConfig): Promise<Check | null> {
  const { baseUrl, readApi } = Addressed.safeParse(settings).data ?? {};
  const address = baseUrl ?? readApi?.baseUrl;
  if (address === undefined) return null;
  try {
    const asked = Date.now();
    const { headers } = await fetch(new URL('/', address), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return null;
    // The header has whole seconds: on average half a second is cut off.
    return skewCheck(`connector ${name} clock`, date + 500 - (asked + Date.now()) / 2);
  } catch {
    // That it cannot be reached is said by its own line.
    return null;
  }
}
