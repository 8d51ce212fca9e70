import { Router } from 'express';
import type { Request } from 'express';
import { stableId, stableNumber } from '../core/ids.ts';
import { queryText, routeText } from '../core/http.ts';
import { asRecord, asText, fail, invalid, notFound, pageOf } from './http.ts';
import { labelPdf } from './label.ts';
import type { Publisher } from './publisher.ts';
import { CARRIER_ACCOUNTS } from './rates.ts';
import type { Parts } from './shipments.ts';
import { newObject } from './store.ts';
import type { Rate, Store, Transaction } from './store.ts';
import { track } from './tracks.ts';

/** Routes for purchases and their labels. */
export function transactionRoutes(parts: Parts, publisher: Publisher): Router {
  const { context, store, options, limit } = parts;
  const router = Router();

  router.post('/transactions', (request, response) => {
    const input = asRecord(request.body) ?? {};
    const rateId = asText(input['rate']);
    if (rateId === undefined) return invalid(response, 'rate');
    const rate = store().rates.get(rateId);
    if (!rate) return fail(response, 400, 'Rate not found.');
    const transaction = begin(store(), rate, input, context.now());
    const next = store().nextPurchases.shift() ?? { status: 'SUCCESS' };
    const settle = () => {
      if (next.status === 'SUCCESS') succeed(parts, request, transaction, rate);
      else refuse(transaction, rate.provider);
    };
    const later = next.queuedMs ?? (input['async'] === false ? undefined : options.settleMs);
    if (later === undefined) settle();
    publisher.transaction('transaction_created', transaction);
    if (later !== undefined)
      context.after(later, () => {
        settle();
        publisher.transaction('transaction_updated', transaction);
      });
    response.status(201).json(transaction);
  });
  router.get('/transactions', limit, (request, response) => {
    const wanted = (name: string, value: string) => [undefined, value].includes(queryText(request, name));
    const matching = [...store().transactions.values()].filter(
      (transaction) =>
        wanted('rate', transaction.rate) &&
        wanted('object_status', transaction.status) &&
        wanted('tracking_status', transaction.tracking_status),
    );
    response.json(pageOf(request, context.url, matching.toReversed()));
  });
  router.get('/transactions/:id', (request, response) => {
    const transaction = store().transactions.get(routeText(request, 'id'));
    if (!transaction) return notFound(response);
    response.json(transaction);
  });
  return router;
}

/** Serves labels, which the vendor keeps at signed addresses that need no token: cut short, they open nothing. */
export function labelRoutes(store: () => Store): Router {
  const router = Router();
  router.get('/labels/:file', (request, response) => {
    const id = routeText(request, 'file').replace(/(_qr_code)?\.pdf$/, '');
    const transaction = store().transactions.get(id);
    if (!transaction?.tracking_number) return void response.status(404).end();
    if (queryText(request, 'Signature') !== signature(id)) return void response.status(403).end();
    response.type('pdf').send(labelPdf(transaction.tracking_number));
  });
  return router;
}

function begin(store: Store, rate: Rate, input: Readonly<Record<string, unknown>>, now: Date): Transaction {
  const transaction: Transaction = {
    ...newObject(store, now),
    object_state: 'VALID',
    status: 'QUEUED',
    rate: rate.object_id,
    metadata: asText(input['metadata']) ?? '',
    label_file_type: asText(input['label_file_type']) ?? 'PDF_4x6',
    tracking_number: '',
    tracking_status: 'UNKNOWN',
    tracking_url_provider: '',
    label_url: '',
    qr_code_url: null,
    commercial_invoice_url: null,
    eta: null,
    messages: [],
    order: null,
    parcel: null,
  };
  store.transactions.set(transaction.object_id, transaction);
  return transaction;
}

/** Nothing keeps a rate from being bought twice: whoever asks twice pays twice. */
function succeed({ context, store }: Parts, request: Request, transaction: Transaction, rate: Rate): void {
  const { object_id: id } = transaction;
  const shipment = store().shipments.get(rate.shipment);
  const carrier =
    CARRIER_ACCOUNTS.find(({ object_id }) => object_id === rate.carrier_account)?.carrier ?? 'usps';
  transaction.status = 'SUCCESS';
  transaction.object_updated = context.now().toISOString();
  transaction.tracking_number = `92${String(stableNumber(1e9, id)).padStart(10, '0')}${String(stableNumber(1e9, id, 'tail')).padStart(10, '0')}`;
  transaction.tracking_url_provider = `${context.url}/track/${transaction.tracking_number}`;
  const query = `Expires=1893456000&Signature=${signature(id)}`;
  transaction.label_url = `${context.url}/labels/${id}.pdf?${query}`;
  if (carrier === 'usps') transaction.qr_code_url = `${context.url}/labels/${id}_qr_code.pdf?${query}`;
  track(store(), carrier, transaction.tracking_number, transaction, context.now());
  context.effect(request, {
    kind: 'label.bought',
    target: rate.shipment,
    params: {
      reference: shipment?.metadata,
      to: shipment?.address_to['street1'],
      isReturn: shipment?.extra['is_return'] === true,
      trackingCode: transaction.tracking_number,
      carrier,
      service: rate.servicelevel.token,
      rate: rate.amount,
    },
  });
}

function refuse(transaction: Transaction, source: string): void {
  transaction.status = 'ERROR';
  transaction.messages = [{ source, code: 'carrier_timeout', text: `${source} did not respond.` }];
}

function signature(id: string): string {
  return stableId(28, 'label', id);
}
