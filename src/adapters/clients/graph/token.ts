/** Access tokens of the Microsoft identity platform. */
import type { AdapterDeps } from '../deps.ts';
import { createTokenSource } from '../token-source.ts';
import type { TokenSource } from '../token-source.ts';
import type { GraphConnection } from './settings.ts';

export function graphTokens(connector: string, settings: GraphConnection, deps?: AdapterDeps): TokenSource {
  const { baseUrl, clientId, clientSecret, requestTimeoutMs, scope, tenantId, tokenUrl } = settings;
  const tenant = `https://login.microsoftonline.com/${encodeURIComponent(tenantId)}`;
  const form = () =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: scope ?? `${new URL(baseUrl).origin}/.default`,
    });
  return createTokenSource(
    connector,
    { url: tokenUrl ?? `${tenant}/oauth2/v2.0/token`, timeLimitMs: requestTimeoutMs, form },
    deps,
  );
}
