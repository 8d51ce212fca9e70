/** Secrets of one run: what the engine and the vendors agreed on. Made anew each time. */
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';

export type Secrets = ReturnType<typeof makeSecrets>;

export function makeSecrets() {
  return {
    payloadKey: randomBytes(32).toString('base64'),
    /** API tokens, one for each desk. */
    tokens: {
      operator: token(),
      assets: token(),
      dock: token(),
      viewer: token(),
      duty: token(),
      approver: token(),
      legal: token(),
    },
    okta: { token: token(), hook: token() },
    graph: { tenant: randomUUID(), client: randomUUID(), secret: token(), clientState: token() },
    snipeit: { token: token() },
    easypost: { key: token(), webhook: token() },
    itad: { token: token(), webhook: webhookSecret() },
    hr: { token: token(), webhook: webhookSecret() },
    abm: keyPair(),
    slack: { webhook: token() },
    teams: { webhook: token() },
  };
}

function token(): string {
  return randomBytes(24).toString('base64url');
}

/** Of an API account at Apple. */
function keyPair() {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** As Standard Webhooks writes it. */
function webhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}
