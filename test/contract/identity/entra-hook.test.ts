import { describe, expect, it } from 'vitest';
import {
  createEntraHookVerifier,
  EntraSettings,
  readEntraHook,
} from '../../../src/adapters/identity/entra/index.ts';
import type { HookRequest } from '../../../src/adapters/webhook.ts';

const CLIENT_STATE = 'a-client-state-of-some-length';

describe('Graph notifications', () => {
  const base = { tenantId: 't', clientId: 'c', clientSecret: 's' };
  const hook = {
    notificationUrl: 'https://us.example/hooks/entra',
    lifecycleNotificationUrl: 'https://us.example/hooks/entra/lifecycle',
    clientState: CLIENT_STATE,
  };
  const verify = createEntraHookVerifier(EntraSettings.parse({ ...base, hook }));
  const request = (over: Partial<HookRequest>): HookRequest => ({
    method: 'POST',
    headers: {},
    query: {},
    body: Buffer.from(''),
    lifecycle: false,
    ...over,
  });
  const notification = (over: object = {}) => ({
    subscriptionId: 'sub-1',
    clientState: CLIENT_STATE,
    changeType: 'updated',
    resource: 'Users/x',
    ...over,
  });
  const body = (...value: object[]): Buffer => Buffer.from(JSON.stringify({ value }));
  const unauthenticated = { kind: 'unauthenticated' };

  it('answers a validation token as plain text, as it was decoded', () => {
    const validationToken = 'Validation: Testing client <reachability>';
    expect(verify(request({ query: { validationToken } }), new Date())).toEqual({
      kind: 'reply',
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: validationToken,
    });
    expect(verify(request({ query: { validationToken: 'x'.repeat(2000) } }), new Date())).toEqual(
      unauthenticated,
    );
    expect(verify(request({ method: 'GET', query: { validationToken } }), new Date())).toEqual(
      unauthenticated,
    );
  });

  it('takes a byte-identical second notification for another one, since another change looks the same', () => {
    const ids = [1, 2].map(() => {
      const verdict = verify(request({ body: body(notification()) }), new Date());
      return verdict.kind === 'accept' ? verdict.deliveryId : null;
    });
    expect(ids[0]).toEqual(expect.any(String));
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('accepts a body only when every notification knows the secret', () => {
    expect(verify(request({ body: body(notification()) }), new Date())).toEqual({
      kind: 'accept',
      deliveryId: expect.any(String),
      status: 202,
    });
    for (const bad of [
      body(notification({ clientState: 'other' })),
      body(notification({ clientState: null })),
      body(notification(), notification({ clientState: `${CLIENT_STATE}x` })),
      body(),
      Buffer.from('not json'),
      Buffer.from('{}'),
    ]) {
      expect(verify(request({ body: bad }), new Date())).toEqual(unauthenticated);
    }
    const none = createEntraHookVerifier(EntraSettings.parse(base));
    expect(none(request({ body: body(notification()) }), new Date())).toEqual(unauthenticated);
    expect(none(request({ query: { validationToken: 'x' } }), new Date())).toEqual(unauthenticated);
  });

  it('reads a nudge, and what asks for a renewal', () => {
    expect(readEntraHook(body(notification(), notification()), 'd')).toEqual({ kind: 'nudge' });
    expect(readEntraHook(body(notification({ lifecycleEvent: 'missed' })), 'd')).toEqual({ kind: 'nudge' });
    const asks = ['reauthorizationRequired', 'subscriptionRemoved'].map((lifecycleEvent) =>
      notification({ lifecycleEvent }),
    );
    expect(readEntraHook(body(...asks), 'd')).toEqual({ kind: 'reauthorize', subscriptionIds: ['sub-1'] });
    expect(readEntraHook(Buffer.from('{'), 'd')).toMatchObject({ kind: 'unparseable' });
  });
});
