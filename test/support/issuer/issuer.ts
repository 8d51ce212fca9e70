/** The sandbox's OpenID Connect issuer, and an installation's settings that trust it. */
import { startInstances } from '../../../sandbox/core/start.ts';
import { controlClient } from '../../../sandbox/core/testing.ts';
import { createOidc } from '../../../sandbox/oidc/index.ts';
import { OidcSchema } from '../../../src/config/oidc-schema.ts';
import type { OidcConfig } from '../../../src/config/oidc-schema.ts';
import { oidcVerifier } from '../../../src/api/oidc/verifier.ts';
import { KEY_OPTIONS } from '../../../src/api/oidc/issuer-keys.ts';
import type { KeyOptions } from '../../../src/api/oidc/issuer-keys.ts';
import type { Oidc } from '../../../src/api/deps.ts';

export interface TokenRequest {
  readonly person?: string;
  readonly client?: string;
  readonly expiresInSeconds?: number;
  readonly flaw?: string;
}

export interface TestIssuer {
  readonly url: string;
  /** Mints an access token. */
  token(request: TokenRequest): Promise<string>;
  /** Calls the issuer's control routes. */
  control<T = unknown>(path: string, body?: unknown): Promise<T>;
  /** Resets every connection to these paths from now on. @returns how to end it. */
  breakDown(path?: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export async function startIssuer(options: Readonly<Record<string, unknown>> = {}): Promise<TestIssuer> {
  const sandbox = await startInstances({
    controlPort: 0,
    instances: [{ kind: 'oidc', name: 'oidc', ...options }],
    simulators: { oidc: createOidc },
  });
  const control = controlClient(sandbox.controlUrl);
  return {
    url: sandbox.urls['oidc'] ?? '',
    token: async (request) =>
      (await control.post<{ access_token: string }>('/instances/oidc/tokens', request)).access_token,
    control: (path, body) => control.post(`/instances/oidc${path}`, body),
    async breakDown(path) {
      const match = path === undefined ? {} : { path };
      const { id } = await control.post<{ id: string }>('/faults', { match, fault: { type: 'down' } });
      return () => control.delete(`/faults/${id}`);
    },
    stop: () => sandbox.stop(),
  };
}

/** What the sandbox's groups may do. */
export function trusting(url: string, more: Readonly<Record<string, unknown>> = {}): OidcConfig {
  return OidcSchema.parse({
    issuer: url,
    audience: 'urn:handback:api',
    clientId: 'handback-cli',
    audienceParameter: 'resource',
    roles: {
      'handback-operators': ['operator'],
      'handback-approvers': ['approver'],
      'handback-asset-managers': ['asset-manager'],
      'handback-dock': ['dock'],
      'handback-legal': ['legal'],
      'handback-finance': ['finance'],
      'handback-auditors': ['auditor'],
      'handback-admins': ['admin'],
      'handback-viewers': ['viewer'],
    },
    vendors: { 'itad-staff': ['itad'] },
    programs: { 'handback-program': { roles: ['operator'] } },
    ...more,
  });
}

/** A key that is not known is asked for again at once, and a failure is not waited out. */
const EAGER: KeyOptions = { ...KEY_OPTIONS, timeoutMs: 5_000, cooldownMs: 0, pauseMs: 0 };

/** As `main.ts` makes it of the configuration, but eager. */
export function oidcOf(config: OidcConfig, keyOptions: KeyOptions = EAGER): Oidc {
  const { issuer, clientId = null, scopes, audience } = config;
  return {
    verifier: oidcVerifier(config, keyOptions),
    signIn: { issuer, clientId, scopes, parameters: { resource: audience } },
  };
}
