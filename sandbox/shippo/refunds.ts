import { Router } from 'express';
import { routeText } from '../core/http.ts';
import { asRecord, asText, fail, invalid, notFound, pageOf } from './http.ts';
import type { Publisher } from './publisher.ts';
import type { Parts } from './shipments.ts';
import { newObject } from './store.ts';
import type { Refund } from './store.ts';

/** Routes for refunds: asked for at once, decided by the carrier later. */
export function refundRoutes({ context, store, limit }: Parts, publisher: Publisher): Router {
  const router = Router();

  router.post('/refunds', (request, response) => {
    const id = asText(asRecord(request.body)?.['transaction']);
    if (id === undefined) return invalid(response, 'transaction');
    const transaction = store().transactions.get(id);
    if (!transaction) return fail(response, 400, 'Transaction not found.');
    const unused = ['UNKNOWN', 'PRE_TRANSIT'].includes(transaction.tracking_status);
    if (transaction.status !== 'SUCCESS' || !unused)
      return fail(response, 400, 'This transaction cannot be refunded.');
    const refund: Refund = { ...newObject(store(), context.now()), status: 'PENDING', transaction: id };
    store().refunds.set(refund.object_id, refund);
    transaction.status = 'REFUNDPENDING';
    transaction.object_updated = context.now().toISOString();
    context.effect(request, {
      kind: 'label.refunded',
      target: store().rates.get(transaction.rate)?.shipment ?? id,
      params: { trackingCode: transaction.tracking_number },
    });
    publisher.transaction('transaction_updated', transaction);
    response.status(201).json(refund);
  });
  router.get('/refunds', limit, (request, response) => {
    response.json(pageOf(request, context.url, [...store().refunds.values()].toReversed()));
  });
  router.get('/refunds/:id', (request, response) => {
    const refund = store().refunds.get(routeText(request, 'id'));
    if (!refund) return notFound(response);
    response.json(refund);
  });
  return router;
}
