import { newObject } from './store.ts';
import type { Parcel, Rate, Store } from './store.ts';
import type { EasypostOptions } from './options.ts';

/** Price list of the simulated carriers: US dollars for the first pound, and for each pound more. */
const SERVICES = [
  { carrier: 'USPS', service: 'GroundAdvantage', base: 5.6, perPound: 0.95, days: 4 },
  { carrier: 'USPS', service: 'Priority', base: 7.9, perPound: 1.6, days: 2 },
  { carrier: 'UPS', service: 'Ground', base: 9.8, perPound: 1.1, days: 3 },
] as const;

/** The offers for a parcel. */
export function ratesFor(
  store: Store,
  shipmentId: string,
  parcel: Parcel,
  options: EasypostOptions,
  now: Date,
): Rate[] {
  const pounds = Math.max(1, Math.ceil(parcel.weight / 16));
  return SERVICES.map(({ carrier, service, base, perPound, days }) => {
    const rate = (base + perPound * (pounds - 1)).toFixed(2);
    return {
      ...newObject(store, 'rate', 'Rate', options.mode, now),
      service,
      carrier,
      rate,
      currency: 'USD',
      retail_rate: rate,
      retail_currency: 'USD',
      list_rate: rate,
      list_currency: 'USD',
      delivery_days: days,
      delivery_date: null,
      delivery_date_guaranteed: false,
      est_delivery_days: days,
      shipment_id: shipmentId,
      carrier_account_id: `ca_${carrier.toLowerCase()}`,
      billing_type: 'easypost',
    };
  });
}
