/** Apple's register as a simulator, with an adapter that may use it. */
import { generateKeyPairSync } from 'node:crypto';
import { createAbm as createSimulator } from '../../../sandbox/abm/index.ts';
import { AbmSettings, createAbm } from '../../../src/adapters/enrolment/abm/index.ts';
import { startTestSandbox } from '../support/planted.ts';
import type { EnrolmentHarness } from './harness.ts';

export const CLIENT = { clientId: 'BUSINESSAPI.of-the-test', keyId: 'key-of-the-test' };

export function keyPair(namedCurve = 'P-256') {
  return generateKeyPairSync('ec', {
    namedCurve,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
export const { privateKey, publicKey } = keyPair();

export interface AbmHarness extends EnrolmentHarness {
  abm(over?: object): ReturnType<typeof createAbm>;
}

export async function makeHarness(options: object = {}): Promise<AbmHarness> {
  const sandbox = await startTestSandbox([{ kind: 'abm', name: 'abm', ...CLIENT, publicKey, ...options }], {
    abm: createSimulator,
  });
  const url = sandbox.urls['abm'] ?? '';
  const abm = (over: object = {}) =>
    createAbm(
      'apple',
      AbmSettings.parse({
        ...CLIENT,
        ...('programme' in options ? { programme: options.programme } : {}),
        privateKey,
        baseUrl: url,
        tokenUrl: `${url}/auth/oauth2/token`,
        requestsPerSecond: 1000,
        burst: 1000,
        ...over,
      }),
    );
  return {
    sandbox,
    abm,
    secrets: ['BEGIN', 'sandbox.', 'Bearer', 'eyJ'],
    programme: ({ timeoutMs = 20_000, baseUrl } = {}) =>
      abm({ timeLimitMs: timeoutMs, ...(baseUrl === undefined ? {} : { baseUrl }) }),
    seed: sandbox.seed,
    act: async (device, act) => void (await sandbox.control.post(`/instances/abm/devices/${device}/${act}`)),
    requests: {
      read: { method: 'GET', path: '^/v1/orgDevices/[^/?]+(\\?|$)' },
      lock: { method: 'GET', path: '/activationLockStatus' },
      submit: { method: 'POST', path: '^/v1/orgDeviceActivities' },
    },
    effects: { unassign: 'unassign', release: 'release' },
    stop: () => sandbox.stop(),
  };
}
