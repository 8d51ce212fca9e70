/** EasyPost as the carrier: return labels and tracking, with the official client (`@easypost/api`). */
import { ConnectorError } from '../../errors.ts';
import type { AdapterDeps } from '../../clients/deps.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import type { Carrier, DraftShipment, ReturnLabel, ShipmentRequest } from '../port.ts';
import { createCalls } from './client.ts';
import { cheapest, ounces, refundOf, toLabel, toTracking } from './map.ts';
import { Shipment, ShipmentList, TrackerList } from './schema.ts';
import type { EasypostSettings } from './settings.ts';

export { createEasypostHookVerifier, readEasypostHook } from './hook.ts';
export { EasypostSettings } from './settings.ts';

/** `name` is the connector's name in the configuration: errors carry it. */
export function createEasypost(name: string, settings: EasypostSettings, deps: AdapterDeps = {}): Carrier {
  const { call } = createCalls(name, settings, deps);

  /** Ids become part of a path that the client does not encode. */
  function checked(shipmentId: string, operation: string): string {
    if (/^shp_\w+$/u.test(shipmentId)) return shipmentId;
    throw new ConnectorError('refused', name, operation, { vendorCode: 'BAD_SHIPMENT_ID' });
  }

  function readShipment(shipmentId: string, options?: CallOptions): Promise<Shipment> {
    const id = checked(shipmentId, 'read shipment');
    return call(
      { operation: 'read shipment', effect: 'read' },
      (client) => client.Shipment.retrieve(id),
      Shipment,
      options,
    );
  }

  async function draft(
    { from, to, reference, weightGrams }: ShipmentRequest,
    isReturn: boolean,
    options?: CallOptions,
  ): Promise<DraftShipment> {
    const shipment = {
      to_address: { ...to },
      from_address: { ...from },
      is_return: isReturn,
      reference,
      parcel: { weight: ounces(weightGrams) },
    };
    const { id } = await call(
      { operation: isReturn ? 'draft return' : 'draft outbound', effect: 'write' },
      (client) => client.Shipment.create(shipment),
      Shipment,
      options,
    );
    return { shipmentId: id };
  }

  return {
    draftReturn: ({ from, to, ...request }, options) =>
      // A return is asked for with the addresses of the way out: EasyPost switches them.
      draft({ ...request, from: to, to: from }, true, options),

    draftOutbound: (request, options) => draft(request, false, options),

    async buyLabel(shipmentId, options) {
      const id = checked(shipmentId, 'buy label');
      const shipment = await readShipment(id, options);
      const bought = toLabel(shipment);
      if (bought !== null) return bought;
      const rate = cheapest(shipment.rates, settings);
      if (rate === undefined)
        throw new ConnectorError('refused', name, 'buy label', { vendorCode: 'NO_RATE' });
      const what = { operation: 'buy label', effect: 'write' } as const;
      const label = toLabel(
        await call(what, (client) => client.Shipment.buy(id, rate.id), Shipment, options),
      );
      if (label === null) throw unexpectedAnswer({ connector: name, ...what });
      return label;
    },

    async readLabel(shipmentId, options): Promise<ReturnLabel | null> {
      return toLabel(await readShipment(shipmentId, options));
    },

    async refundLabel(shipmentId, options) {
      const id = checked(shipmentId, 'refund label');
      const before = await readShipment(id, options);
      if (before.postage_label === null) return 'refused';
      if (before.refund_status !== null) return refundOf(before);
      const what = { operation: 'refund label', effect: 'write' } as const;
      try {
        const after = await call(what, (client) => client.Shipment.refund(id), Shipment, options);
        // Taken, and nothing said of it yet.
        return after.refund_status === null ? 'asked' : refundOf(after);
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.code !== 'refused' || error.status !== 422)
          throw error;
        // Somebody else may have asked between our reading and our asking.
        return refundOf(await readShipment(id, options));
      }
    },

    async readTracker({ trackingCode }, options) {
      const what = { operation: 'read tracker', effect: 'read' } as const;
      const { trackers } = await call(
        what,
        (client) => client.Tracker.all({ tracking_code: trackingCode }),
        TrackerList,
        options,
      );
      // Carriers use codes again after a while, so the newest counts.
      const [tracker] = trackers
        .filter((each) => each.tracking_code === trackingCode)
        .toSorted((a, b) => b.created_at.localeCompare(a.created_at));
      if (tracker === undefined) return null;
      const tracking = toTracking(tracker);
      if (tracking === null) throw unexpectedAnswer({ connector: name, ...what });
      return tracking;
    },

    async probe(options) {
      try {
        await call(
          { operation: 'list shipments', effect: 'read' },
          (client) => client.Shipment.all({ page_size: 1 }),
          ShipmentList,
          options,
        );
        return { missing: [] };
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'refused')
          return { missing: ['a valid API key'] };
        throw error;
      }
    },
  };
}
