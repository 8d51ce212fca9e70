/** Shippo's requests, one by one. The official SDK is not used: it refuses a whole answer for one word it does not know yet. */
import { createHttpClient } from '../../clients/http.ts';
import type { HttpRequest } from '../../clients/http.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import type { PostalAddress, ShipmentRequest } from '../port.ts';
import { CarrierAccount, Rate, Refund, Shipment, Track, Transaction, TransactionList } from './schema.ts';
import type { ShippoSettings } from './settings.ts';

/** The version that these shapes are of: with older ones webhooks hold something else. */
const VERSION = '2018-02-08';

/** More purchases of one offer than this fill are not ours. */
const PAGES = 5;

export function createRequests(connector: string, settings: ShippoSettings, deps: AdapterDeps) {
  const common = {
    connector,
    baseUrl: settings.baseUrl,
    timeLimitMs: settings.timeLimitMs,
    deps,
    headers: {
      authorization: `ShippoToken ${settings.apiToken}`,
      accept: 'application/json',
      'shippo-api-version': VERSION,
    },
  };
  const http = createHttpClient({ ...common, bucket: new TokenBucket(settings) });
  const perMinute = { requestsPerSecond: settings.listsPerMinute / 60, burst: settings.burst };
  const lists = createHttpClient({ ...common, bucket: new TokenBucket(perMinute) });
  const get = (operation: string, path: string) =>
    ({ operation, effect: 'read', method: 'GET', path }) satisfies HttpRequest;
  const post = (operation: string, path: string, json: unknown) =>
    ({ operation, effect: 'write', method: 'POST', path, json }) satisfies HttpRequest;

  return {
    draft: (operation: string, request: ShipmentRequest, isReturn: boolean, options?: CallOptions) =>
      http.sendForJson(
        post(operation, '/shipments/', {
          address_from: addressOf(request.from),
          address_to: addressOf(request.to),
          parcels: [parcelOf(request.weightGrams, settings)],
          metadata: request.reference,
          ...(isReturn && { extra: { is_return: true } }),
          async: false,
        }),
        Shipment,
        options,
      ),
    shipment: (id: string, options?: CallOptions) =>
      http.sendForJson(get('read shipment', `/shipments/${encodeURIComponent(id)}`), Shipment, options),
    rate: (id: string, options?: CallOptions) =>
      http.sendForJson(get('read rate', `/rates/${encodeURIComponent(id)}`), Rate, options),
    carrierAccount: (id: string, options?: CallOptions) =>
      http.sendForJson(
        get('read carrier account', `/carrier_accounts/${encodeURIComponent(id)}`),
        CarrierAccount,
        options,
      ),
    buy: (rate: string, metadata: string, options?: CallOptions) =>
      http.sendForJson(
        post('buy label', '/transactions/', { rate, metadata, label_file_type: 'PDF_4x6', async: false }),
        Transaction,
        options,
      ),
    refund: (transaction: string, options?: CallOptions) =>
      http.sendForJson(post('refund label', '/refunds/', { transaction, async: false }), Refund, options),
    track: (carrier: string, trackingCode: string, options?: CallOptions) =>
      http.sendForJson(
        get('read tracker', `/tracks/${encodeURIComponent(carrier)}/${encodeURIComponent(trackingCode)}`),
        Track,
        options,
      ),
    /** Every purchase of an offer, newest first; the filter is checked here again. */
    async purchases(rate: string, options?: CallOptions): Promise<readonly Transaction[]> {
      const found: Transaction[] = [];
      for (let page = 1; page <= PAGES; page += 1) {
        const request = { ...get('list labels', '/transactions/'), query: { rate, results: 100, page } };
        const { next, results } = await lists.sendForJson(request, TransactionList, options);
        found.push(...results.filter((each) => each.rate === rate));
        if (next === null || next === undefined) return found;
      }
      throw unexpectedAnswer({ connector, operation: 'list labels', effect: 'read' });
    },
    /** Whether the token is good. */
    async probe(options?: CallOptions): Promise<void> {
      const request = { ...get('list labels', '/transactions/'), query: { results: 1 } };
      await lists.sendForJson(request, TransactionList, options);
    },
  };
}

function addressOf({ name, street1, city, state, zip, country, phone }: PostalAddress) {
  return { name, street1, city, zip, country, ...(state && { state }), ...(phone && { phone }) };
}

/** Numbers are text here. */
function parcelOf(grams: number, { parcelCm: { length, width, height } }: ShippoSettings) {
  return {
    weight: String(Math.max(1, Math.ceil(grams))),
    mass_unit: 'g',
    length: String(length),
    width: String(width),
    height: String(height),
    distance_unit: 'cm',
  };
}
