import { newObject } from './store.ts';
import type { CarrierAccount, Rate, Store } from './store.ts';

/** The carriers whose labels the account sells. */
export const CARRIER_ACCOUNTS: readonly CarrierAccount[] = ['usps', 'ups', 'fedex', 'dhl_express'].map(
  (carrier, place) => ({
    object_id: String(place + 1).repeat(32),
    account_id: `sandbox_${carrier}`,
    carrier,
    parameters: {},
    active: true,
  }),
);

/** Price list of the simulated carriers: US dollars for the first pound, and for each pound more. */
const SERVICES = [
  {
    carrier: 'usps',
    provider: 'USPS',
    name: 'Ground Advantage',
    token: 'usps_ground_advantage',
    base: 5.9,
    more: 0.9,
  },
  { carrier: 'usps', provider: 'USPS', name: 'Priority Mail', token: 'usps_priority', base: 8.1, more: 1.7 },
  { carrier: 'ups', provider: 'UPS', name: 'Ground', token: 'ups_ground', base: 9.6, more: 1.2 },
  { carrier: 'fedex', provider: 'FedEx', name: 'Ground', token: 'fedex_ground', base: 9.9, more: 1.1 },
  {
    carrier: 'dhl_express',
    provider: 'DHL Express',
    name: 'Worldwide',
    token: 'dhl_express_worldwide',
    base: 4.5,
    more: 0.5,
  },
] as const;

/** Whose labels the vendor sells as returns: paid when used, addresses switched by the vendor. */
const SCAN_BASED = new Set<string>(['usps', 'ups', 'fedex']);

/** The offers for a shipment. */
export function ratesFor(
  store: Store,
  shipmentId: string,
  pounds: number,
  isReturn: boolean,
  now: Date,
): Rate[] {
  return SERVICES.filter(({ carrier }) => !isReturn || SCAN_BASED.has(carrier)).map((service) => {
    const amount = (service.base + service.more * Math.max(0, Math.ceil(pounds) - 1)).toFixed(2);
    const account = CARRIER_ACCOUNTS.find(({ carrier }) => carrier === service.carrier);
    const rate: Rate = {
      ...newObject(store, now),
      shipment: shipmentId,
      amount,
      currency: 'USD',
      amount_local: amount,
      currency_local: 'USD',
      provider: service.provider,
      carrier_account: account?.object_id ?? '',
      servicelevel: { name: service.name, token: service.token },
      attributes: [],
      estimated_days: 3,
      duration_terms: '',
      messages: [],
      zone: '4',
    };
    store.rates.set(rate.object_id, rate);
    return rate;
  });
}
