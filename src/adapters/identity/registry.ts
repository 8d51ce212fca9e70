/** Every identity provider adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import { createEntra, createEntraHookVerifier, EntraSettings, readEntraHook } from './entra/index.ts';
import { createOkta, createOktaHookVerifier, OktaSettings, readOktaHook } from './okta/index.ts';
import type { IdentityProvider } from './port.ts';

export const IDENTITY_PROVIDERS = {
  entra: adapter({
    settings: EntraSettings,
    create: createEntra,
    hooks: { verifier: createEntraHookVerifier, reader: readEntraHook },
  }),
  okta: adapter({
    settings: OktaSettings,
    create: createOkta,
    hooks: { verifier: createOktaHookVerifier, reader: readOktaHook },
  }),
} satisfies Readonly<Record<string, AdapterEntry<IdentityProvider>>>;
