/** Shippo as the carrier: return labels and tracking over its REST API. */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import type { Carrier, DraftShipment, ReturnLabel, ShipmentRequest } from '../port.ts';
import { cheapest, draftId, rateOf, toLabel, toWord } from './map.ts';
import { createRequests } from './requests.ts';
import type { Shipment, Transaction } from './schema.ts';
import type { ShippoSettings } from './settings.ts';

export { createShippoHookVerifier, readShippoHook } from './hook.ts';
export { ShippoSettings } from './settings.ts';

/**
 * Nothing at Shippo keeps an offer from being bought twice, so the draft's id names the offer, and whoever buys looks first
 * whether it was bought. `name` is the connector's name in the configuration: errors carry it.
 */
export function createShippo(name: string, settings: ShippoSettings, deps: AdapterDeps = {}): Carrier {
  const ask = createRequests(name, settings, deps);
  /** Tokens of carriers, which never change, by their accounts. */
  const carriers = new Map<string, string>();

  function refused(operation: string, vendorCode: string): ConnectorError {
    return new ConnectorError('refused', name, operation, { vendorCode });
  }

  function checkedRate(shipmentId: string, operation: string): string {
    const rate = rateOf(shipmentId);
    if (rate === null) throw refused(operation, 'BAD_SHIPMENT_ID');
    return rate;
  }

  async function draft(
    operation: string,
    request: ShipmentRequest,
    scanBased: boolean,
    options?: CallOptions,
  ): Promise<DraftShipment> {
    const shipment = await ask.draft(operation, request, scanBased, options);
    const rate = cheapest(offersOf(shipment, operation), settings, scanBased);
    if (rate === undefined) throw refused(operation, 'NO_RATE');
    return { shipmentId: draftId(rate) };
  }

  /** It was asked to wait for the carriers; where it does not, a new draft costs nothing. */
  function offersOf({ status, rates }: Shipment, operation: string): Shipment['rates'] {
    if (rates.length === 0 && (status === 'QUEUED' || status === 'WAITING'))
      throw new ConnectorError('retryable', name, operation);
    return rates;
  }

  /** The purchases of a draft. @throws ConnectorError `not-found` where this account knows no such offer. */
  async function purchasesOf(
    shipmentId: string,
    operation: string,
    options?: CallOptions,
  ): Promise<readonly Transaction[]> {
    const { object_id: rate } = await ask.rate(checkedRate(shipmentId, operation), options);
    return ask.purchases(rate, options);
  }

  function labelOf(shipmentId: string, purchases: readonly Transaction[]): ReturnLabel | null {
    // The first of several is the one that was answered for first.
    return purchases.map((each) => toLabel(shipmentId, each)).findLast((label) => label !== null) ?? null;
  }

  async function carrierOf(shipmentId: string, options?: CallOptions): Promise<string> {
    const { carrier_account: account } = await ask.rate(checkedRate(shipmentId, 'read tracker'), options);
    const carrier = carriers.get(account) ?? (await ask.carrierAccount(account, options)).carrier;
    carriers.set(account, carrier);
    return carrier;
  }

  return {
    draftReturn({ from, to, ...request }, options) {
      const operation = 'draft return';
      // A scan-based return is asked for with the addresses of the way out: Shippo switches them.
      return settings.scanBasedReturns
        ? draft(operation, { ...request, from: to, to: from }, true, options)
        : draft(operation, { ...request, from, to }, false, options);
    },

    draftOutbound: (request, options) => draft('draft outbound', request, false, options),

    async buyLabel(shipmentId, options) {
      const before = await purchasesOf(shipmentId, 'buy label', options);
      const bought = labelOf(shipmentId, before);
      if (bought !== null) return bought;
      if (before.some(isUnderWay)) throw new ConnectorError('outcome-unknown', name, 'buy label');
      const transaction = await ask.buy(checkedRate(shipmentId, 'buy label'), shipmentId, options);
      if (transaction.status === 'ERROR') throw refused('buy label', 'TRANSACTION_ERROR');
      if (isUnderWay(transaction)) throw new ConnectorError('outcome-unknown', name, 'buy label');
      const label = toLabel(shipmentId, transaction);
      if (label === null)
        throw unexpectedAnswer({ connector: name, operation: 'buy label', effect: 'write' });
      return label;
    },

    async readLabel(shipmentId, options) {
      const purchases = await purchasesOf(shipmentId, 'read label', options);
      const label = labelOf(shipmentId, purchases);
      if (label !== null || purchases.length === 0) return label;
      if (purchases.some(isUnderWay)) throw new ConnectorError('retryable', name, 'read label');
      throw refused('read label', 'TRANSACTION_ERROR');
    },

    async refundLabel(shipmentId, options) {
      const purchases = await purchasesOf(shipmentId, 'refund label', options);
      if (purchases.some(isAskedBack)) return 'asked';
      const bought = purchases.find(({ status }) => status === 'SUCCESS');
      if (bought === undefined) return 'refused';
      try {
        const { status } = await ask.refund(bought.object_id, options);
        return status === 'ERROR' ? 'refused' : 'asked';
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== 'refused' || error.status !== 400)
          throw error;
        // Somebody else may have asked between our reading and our asking.
        const now = await purchasesOf(shipmentId, 'refund label', options);
        return now.some(isAskedBack) ? 'asked' : 'refused';
      }
    },

    async readTracker({ trackingCode, shipmentId }, options) {
      // A number without its carrier finds nothing here.
      if (shipmentId === null) return null;
      const carrier = await carrierOf(shipmentId, options);
      const { tracking_status: tracking } = await ask.track(carrier, trackingCode, options);
      if (tracking === null || tracking === undefined) return null;
      const word = toWord(tracking);
      if (word === null)
        throw unexpectedAnswer({ connector: name, operation: 'read tracker', effect: 'read' });
      return word;
    },

    async probe(options) {
      try {
        await ask.probe(options);
        return { missing: [] };
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'refused')
          return { missing: ['a valid API token'] };
        throw error;
      }
    },
  };
}

function isAskedBack({ status }: Transaction): boolean {
  return status === 'REFUNDPENDING' || status === 'REFUNDED';
}

function isUnderWay({ status }: Transaction): boolean {
  return status === 'QUEUED' || status === 'WAITING';
}
