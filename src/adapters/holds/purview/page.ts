/** Reading a collection page by page, so that a part is never taken for the whole. */
import { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import type { CallOptions } from '../../read-options.ts';
import type { PurviewSettings } from './settings.ts';

/** What the calls need to know of the connector. */
export interface PurviewContext {
  readonly connector: string;
  readonly graph: GraphClient;
  readonly settings: PurviewSettings;
}

/** Where the reading of a collection has come to. */
export const Place = z.strictObject({
  /** Path of the page to read. */
  at: z.string().startsWith('/'),
  /** How many entries the pages before had. */
  found: z.int().min(0),
  /** How many there are in all, by Graph's own count; `null` when it told none. */
  told: z.int().min(0).nullable(),
});
export type Place = z.infer<typeof Place>;

export interface CollectionPage<T> {
  readonly items: readonly T[];
  /** `null` after the last page. */
  readonly next: Place | null;
}

/** The beginning of a collection. */
export function startOf(at: string): Place {
  return { at, found: 0, told: null };
}

/**
 * One page. Graph's count stands on the first page alone, if anywhere; a collection that ends before it is not whole.
 * @throws ConnectorError
 */
export async function readPage<T>(
  { connector, graph }: PurviewContext,
  operation: string,
  place: Place,
  schema: z.ZodType<T>,
  options?: CallOptions,
): Promise<CollectionPage<T>> {
  const collection = z.looseObject({
    value: z.array(schema),
    '@odata.nextLink': z.string().min(1).optional(),
    '@odata.count': z.int().min(0).optional(),
  });
  const answer = await graph.get(operation, place.at, collection, options);
  const found = place.found + answer.value.length;
  const told = place.told ?? answer['@odata.count'] ?? null;
  const link = answer['@odata.nextLink'];
  if (link === undefined) {
    if (told !== null && found < told) throw untold(connector, operation, 'INCOMPLETE');
    return { items: answer.value, next: null };
  }
  const at = graph.pathOf(operation, link);
  if (at === place.at) throw untold(connector, operation, 'ENDLESS');
  return { items: answer.value, next: { at, found, told } };
}

/** The error for an answer that leaves open whether somebody is on hold. */
export function untold(connector: string, operation: string, vendorCode: string): ConnectorError {
  return new ConnectorError('unexpected-answer', connector, operation, { vendorCode });
}
