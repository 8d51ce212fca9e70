/** The issuer itself: `oidc-provider` with device flow, client credentials and JWT access tokens for one audience. */
import { Provider, interactionPolicy } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { stableUuid } from '../core/ids.ts';
import type { Account, Directory } from './directory.ts';
import type { SigningKey } from './keys.ts';
import { SIGNATURE } from './keys.ts';
import type { Memory } from './memory.ts';
import type { Client, OidcOptions } from './options.ts';
import { page } from './pages.ts';

export interface ProviderParts {
  readonly issuer: string;
  readonly options: OidcOptions;
  readonly directory: Directory;
  readonly memory: Memory;
  /** The one that signs first. */
  readonly keys: readonly SigningKey[];
}

/** The scope of the one resource. */
const SCOPE = 'handback';

export function createProvider({ issuer, options, directory, memory, keys }: ProviderParts): Provider {
  const { audience, accessTokenSeconds, refreshTokenSeconds, deviceCodeSeconds } = options;
  const [current] = keys;
  if (current === undefined) throw new Error('an issuer needs a key');
  const active = (name: string): Account | undefined => {
    const account = directory.find(name);
    return account?.disabled === true ? undefined : account;
  };
  const running = new Provider(issuer, {
    adapter: memory.adapter(),
    clients: options.clients.map(clientOf),
    clientDefaults: {
      id_token_signed_response_alg: SIGNATURE,
    },
    cookies: { keys: ['cookies of the sandbox'] },
    jwks: { keys: keys.map(({ jwk }) => ({ ...jwk, kty: 'RSA' })) },
    claims: { profile: ['name'], email: ['email'] },
    pkce: { required: () => true },
    formats: {
      customizers: {
        jwt: (_ctx, token, { payload }) => {
          if (token.kind === 'AccessToken' && token.clientId !== undefined)
            payload.sub = subjectFor(token.accountId, token.clientId, options);
        },
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      RefreshToken: refreshTokenSeconds,
      DeviceCode: deviceCodeSeconds,
      Grant: refreshTokenSeconds,
      Session: refreshTokenSeconds,
      Interaction: deviceCodeSeconds,
      IdToken: accessTokenSeconds,
    },
    findAccount: (_ctx, subject) => {
      const account = active(subject);
      if (account === undefined) return undefined;
      const { givenName, familyName, workEmail } = account;
      const name = `${givenName} ${familyName}`;
      return { accountId: account.subject, claims: () => ({ sub: account.subject, name, email: workEmail }) };
    },
    extraTokenClaims: (_ctx, token) => {
      if (token.kind === 'AccessToken') {
        const account = active(token.accountId);
        return account === undefined ? {} : claimsOf(account, options);
      }
      const client = options.clients.find(({ id }) => id === token.clientId);
      return { [options.groupsClaim]: client?.groups ?? [] };
    },
    // Whoever may sign in has consented.
    async loadExistingGrant(ctx) {
      const { provider, client, session } = ctx.oidc;
      const clientId = client?.clientId;
      const accountId = session?.accountId;
      if (clientId === undefined || accountId === undefined) return undefined;
      const known = session?.grantIdFor(clientId);
      const grant =
        (known === undefined ? undefined : await provider.Grant.find(known)) ??
        new provider.Grant({ clientId, accountId });
      grant.addOIDCScope('openid profile email offline_access');
      grant.addResourceScope(audience, SCOPE);
      await grant.save();
      return grant;
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { policy: askEachTime(), url: (_ctx, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: SCOPE,
          audience: resource,
          accessTokenTTL: accessTokenSeconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: SIGNATURE, kid: current.kid } },
        }),
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form, _out, error) => {
          const wrong = error === undefined ? '' : '<p>That code is not known, was used, or has expired.</p>';
          ctx.body = page(
            'Which code does the device show?',
            `${wrong}${form}${submit('op.deviceInputForm')}`,
          );
        },
        userCodeConfirmSource: (ctx, form, _client, _device, userCode) => {
          const refuse =
            '<button name="abort" value="yes" form="op.deviceConfirmForm">That was not me</button>';
          ctx.body = page(
            `Does the device show ${userCode}?`,
            `${form}${submit('op.deviceConfirmForm')} ${refuse}`,
          );
        },
        successSource: (ctx) => {
          ctx.body = page('Signed in', '<p>The device goes on by itself.</p>');
        },
      },
    },
    renderError: (ctx, out) => {
      ctx.body = page('That did not work', `<p>${out.error}</p>`);
    },
  } satisfies Configuration);
  if (options.pairwise) sayPairwise(running);
  return running;
}

/**
 * As some issuers do: `sub` of access tokens differs. The standard's own pairwise subjects are refused to devices without a key,
 * so this is said beside the provider's configuration.
 */
function sayPairwise(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/.well-known/openid-configuration') return;
    ctx.body = { ...Object(ctx.body), subject_types_supported: ['pairwise'] };
  });
}

/** What an access token says of a person. */
export function claimsOf(
  { givenName, familyName, groups, subject }: Account,
  { groupsClaim, pairwise }: OidcOptions,
): Record<string, unknown> {
  return { name: `${givenName} ${familyName}`, [groupsClaim]: groups, ...(pairwise && { oid: subject }) };
}

/** `sub` as that client is told it. */
export function subjectFor(accountId: string, clientId: string, { pairwise }: OidcOptions): string {
  return pairwise ? stableUuid(accountId, clientId) : accountId;
}

/** One browser plays many people here, so it is asked who it is each time. */
function askEachTime() {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  // Choosing who one is, is consent enough here, also for programs of one's own machine.
  policy.remove('consent');
  policy
    .get('login')
    ?.checks.add(
      new Check('who_is_it', 'a person must be chosen', 'login_required', (ctx) =>
        ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}

function submit(form: string): string {
  return `<button type="submit" form="${form}">Continue</button>`;
}

function clientOf({ id, secret, flow, redirectUris }: Client) {
  const common = {
    client_id: id,
    ...(secret === undefined
      ? { token_endpoint_auth_method: 'none' as const }
      : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' as const }),
  };
  switch (flow) {
    case 'device':
      return {
        ...common,
        application_type: 'native' as const,
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        redirect_uris: [],
        response_types: [],
      };
    case 'browser':
      return {
        ...common,
        application_type: 'native' as const,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: redirectUris,
        response_types: ['code' as const],
      };
    case 'program':
      return { ...common, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  }
}
