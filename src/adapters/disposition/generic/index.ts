/** A disposal vendor that speaks the published exchange format: pickups booked over HTTP, lists in JSON or CSV. */
import type { z } from 'zod';
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { codeInError, createHttpClient } from '../../clients/http.ts';
import { TokenBucket } from '../../clients/token-bucket.ts';
import type { CallOptions } from '../../read-options.ts';
import { readDocument, writeManifest } from '../document.ts';
import {
  CertificateLineWire,
  DispositionLineWire,
  ReceiptLineWire,
  VendorScanLineWire,
} from '../exchange.ts';
import type { DispositionVendor, VendorDocument } from '../port.ts';
import { Booking } from './schema.ts';
import type { GenericSettings } from './settings.ts';

export { createGenericHookVerifier, readGenericHook } from './hook.ts';
export { GenericSettings } from './settings.ts';

/** What a server says of a path that it does not have. A vendor need not report what became of units. */
const NOT_OFFERED: ReadonlySet<number> = new Set([404, 405, 501]);

const MEDIA_TYPES = { json: 'application/json', csv: 'text/csv' } as const;

/** `name` is the connector's name in the configuration: errors carry it. */
export function createGeneric(
  name: string,
  settings: GenericSettings,
  deps: AdapterDeps = {},
): DispositionVendor {
  const http = createHttpClient({
    connector: name,
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json' },
    timeLimitMs: settings.timeLimitMs,
    bucket: new TokenBucket(settings),
    deps,
    errorCode: codeInError,
  });

  /** "Not there yet" is an answer; a pickup that the vendor does not know is an error. */
  async function readList<T extends { readonly pickupId: string }>(
    list: 'scan' | 'receipt' | 'certificates' | 'dispositions',
    line: z.ZodType<T>,
    pickupId: string,
    options?: CallOptions,
  ): Promise<VendorDocument<T> | null> {
    const at = { connector: name, operation: `read ${list}`, effect: 'read' } as const;
    const path = `${pathOf(pickupId)}/${list}`;
    const headers = { accept: MEDIA_TYPES[settings.format] };
    try {
      const answer = await http.send({ ...at, method: 'GET', path, headers }, options);
      const contentType = answer.headers.get('content-type') ?? '';
      return readDocument(line, { body: answer.body, contentType }, list === 'scan' ? pickupId : null, at);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      if (error.code === 'not-found' && error.vendorCode === 'not_available') return null;
      if (list === 'dispositions' && NOT_OFFERED.has(error.status ?? 0)) return null;
      throw error;
    }
  }

  return {
    async bookPickup({ pickupId, site, windowFrom, windowTo }, options) {
      const what = { operation: 'book pickup', effect: 'write' } as const;
      const json = { pickupId, site, window: { from: windowFrom, to: windowTo }, contact: settings.contact };
      const booking = await http.sendForJson(
        { ...what, method: 'POST', path: '/pickups', json },
        Booking,
        options,
      );
      if (booking.pickupId !== pickupId) throw unexpectedAnswer({ connector: name, ...what });
      return { reference: booking.bookingReference };
    },

    async sendManifest(pickupId, lines, options) {
      const { body, contentType } = writeManifest(pickupId, lines, settings.format);
      await http.send(
        {
          operation: 'send manifest',
          effect: 'write',
          method: 'PUT',
          path: `${pathOf(pickupId)}/manifest`,
          headers: { 'content-type': contentType },
          body: body.toString('utf8'),
        },
        options,
      );
    },

    readVendorScan: (pickupId, options) => readList('scan', VendorScanLineWire, pickupId, options),
    readReceipt: (pickupId, options) => readList('receipt', ReceiptLineWire, pickupId, options),
    readCertificates: (pickupId, options) => readList('certificates', CertificateLineWire, pickupId, options),
    readDispositions: (pickupId, options) => readList('dispositions', DispositionLineWire, pickupId, options),

    async probe(options) {
      try {
        await http.send(
          { operation: 'read vendor', effect: 'read', method: 'GET', path: '/vendor' },
          options,
        );
        return { missing: [] };
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'refused')
          return { missing: ['a valid token'] };
        throw error;
      }
    },
  };
}

function pathOf(pickupId: string): string {
  return `/pickups/${encodeURIComponent(pickupId)}`;
}
