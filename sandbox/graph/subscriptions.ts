/** `/subscriptions`: creation with validation, renewal, reauthorisation, deletion. */
import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { GraphError } from './errors.ts';
import { liveSubscriptions } from './notify.ts';
import type { Subscription } from './state.ts';
import type { GraphTenant } from './tenant.ts';

/** Longest life of a subscription on users: 41,760 minutes, just under 29 days. */
const MAX_MINUTES = 41_760;

const Creation = z.looseObject({
  changeType: z.string().min(1),
  notificationUrl: z.url(),
  lifecycleNotificationUrl: z.url().optional(),
  resource: z.string().min(1),
  expirationDateTime: z.string().min(1),
  clientState: z.string().max(128).optional(),
});
const Renewal = z.looseObject({
  expirationDateTime: z.string().optional(),
  notificationUrl: z.url().optional(),
});

export function subscriptionsRouter(tenant: GraphTenant): Router {
  const router = Router();
  const { state, context, options } = tenant;
  const show = (subscription: Subscription): object => ({
    '@odata.context': `${context.url}/v1.0/$metadata#subscriptions/$entity`,
    ...subscription,
    changeType: subscription.changeType.join(','),
    clientState: null,
    applicationId: options.clientId,
    includeResourceData: null,
    latestSupportedTlsVersion: 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
    creatorId: options.clientId,
  });
  const routeSubscription = (request: Request): Subscription => {
    const id = routeText(request, 'id');
    const found = liveSubscriptions(tenant).find((subscription) => subscription.id === id);
    if (found === undefined) throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
    return found;
  };
  const readExpiry = (text: string): string => {
    const expiry = Date.parse(text);
    const now = context.now().getTime();
    if (Number.isNaN(expiry)) throw invalidRequest('expirationDateTime is not a valid date and time.');
    if (expiry <= now) throw invalidRequest('Subscription expiration must be in the future.');
    // A minute of grace for clocks that differ.
    if (expiry > now + (MAX_MINUTES + 1) * 60_000)
      throw invalidRequest(`Subscription expiration can only be ${MAX_MINUTES} minutes in the future.`);
    return new Date(expiry).toISOString();
  };

  router.get(
    '/subscriptions',
    (_request, response) =>
      void response.json({
        '@odata.context': `${context.url}/v1.0/$metadata#subscriptions`,
        value: liveSubscriptions(tenant).map(show),
      }),
  );

  router.post('/subscriptions', async (request, response) => {
    const body = Creation.safeParse(request.body);
    if (!body.success)
      throw invalidRequest(
        body.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      );
    const { notificationUrl, lifecycleNotificationUrl = null, clientState = null } = body.data;
    const changeType = body.data.changeType.split(',').map((type) => type.trim());
    if (!changeType.every((type) => ['created', 'updated', 'deleted'].includes(type)))
      throw invalidRequest('changeType has a value that is not supported.');
    const resource = body.data.resource.replace(/^\//, '').toLowerCase();
    if (!/^users(\/[^/]+)?$/.test(resource))
      throw invalidRequest(
        `The resource ${body.data.resource} is not supported by this sandbox: users or users/{id}.`,
      );
    const expirationDateTime = readExpiry(body.data.expirationDateTime);
    for (const url of new Set([notificationUrl, lifecycleNotificationUrl])) {
      if (url !== null) await validateEndpoint(url, options.validationTimeoutMs);
    }
    const subscription: Subscription = {
      id: randomUUID(),
      changeType,
      resource,
      notificationUrl,
      lifecycleNotificationUrl,
      clientState,
      expirationDateTime,
    };
    state.subscriptions.set(subscription.id, subscription);
    tenant.count(
      { by: 'api', request },
      'subscription.create',
      { id: subscription.id, key: subscription.id },
      { resource, changeType, notificationUrl },
    );
    response.status(201).json(show(subscription));
  });

  router.get(
    '/subscriptions/:id',
    (request, response) => void response.json(show(routeSubscription(request))),
  );

  router.patch('/subscriptions/:id', async (request, response) => {
    const subscription = routeSubscription(request);
    const body = Renewal.safeParse(request.body);
    if (!body.success) throw invalidRequest('The request does not have the right shape.');
    if ('lifecycleNotificationUrl' in body.data)
      throw invalidRequest('lifecycleNotificationUrl cannot be changed; make a new subscription.');
    const { expirationDateTime, notificationUrl } = body.data;
    const expiry =
      expirationDateTime === undefined ? subscription.expirationDateTime : readExpiry(expirationDateTime);
    if (notificationUrl !== undefined) await validateEndpoint(notificationUrl, options.validationTimeoutMs);
    Object.assign(subscription, {
      expirationDateTime: expiry,
      notificationUrl: notificationUrl ?? subscription.notificationUrl,
    } satisfies Partial<Subscription>);
    response.json(show(subscription));
  });

  router.post('/subscriptions/:id/reauthorize', (request, response) => {
    routeSubscription(request);
    response.status(204).end();
  });

  router.delete('/subscriptions/:id', (request, response) => {
    const { id } = routeSubscription(request);
    state.subscriptions.delete(id);
    tenant.count({ by: 'api', request }, 'subscription.delete', { id, key: id });
    response.status(204).end();
  });
  return router;
}

/** The endpoint must echo the decoded token as plain text, with 200, in time. */
async function validateEndpoint(notificationUrl: string, timeoutMs: number): Promise<void> {
  // The real token has spaces and colons too, so that an endpoint that forgets to decode is found out.
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const url = new URL(notificationUrl);
  url.searchParams.set('validationToken', token);
  let answer: { status: number; type: string; text: string } | null = null;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      text: await response.text(),
    };
  } catch {
    throw new GraphError(400, 'ValidationError', 'Subscription validation request timed out.');
  }
  if (answer.status !== 200)
    throw new GraphError(
      400,
      'ValidationError',
      `Subscription validation request failed. HTTP status code is '${answer.status}'. Notification endpoint must respond with 200 OK to validation request.`,
    );
  if (answer.text !== token || !answer.type.startsWith('text/plain'))
    throw new GraphError(
      400,
      'ValidationError',
      'Subscription validation request failed. The response must be the validation token as text/plain.',
    );
}

function invalidRequest(message: string): GraphError {
  return new GraphError(400, 'InvalidRequest', message);
}
