/**
 * Who we are to Lansweeper: a personal access token, or access tokens of an OAuth application (the vendor's quick start;
 * endpoint, grant and header as its partners' published connectors use them). Whether a renewal replaces the refresh token, the
 * vendor does not say; those connectors keep the first one for years.
 */
import type { AdapterDeps } from '../../clients/deps.ts';
import { createTokenSource } from '../../clients/token-source.ts';
import { ConnectorError } from '../../errors.ts';
import type { LansweeperSettings } from './settings.ts';

export interface Credentials {
  /** The `Authorization` header. @throws ConnectorError */
  get(signal?: AbortSignal): Promise<string>;
  /** Whether asking again may give another one. */
  forget(authorization: string): boolean;
  /** Whether the configured refresh token will do after the next start, too. @throws ConnectorError */
  willLast(signal?: AbortSignal): Promise<boolean>;
}

export function createCredentials(
  connector: string,
  settings: LansweeperSettings,
  deps: AdapterDeps,
): Credentials {
  const { baseUrl, oauth, timeLimitMs, token } = settings;
  if (oauth === undefined) {
    return {
      get: () => Promise.resolve(`Token ${token}`),
      forget: () => false,
      willLast: () => Promise.resolve(true),
    };
  }
  const { clientId, clientSecret, refreshToken } = oauth;
  // A new one takes the place of the one before (RFC 6749 section 6), for as long as this process runs.
  let current = refreshToken;

  function sourceFor(refreshing: () => string, granted: (next: string) => void) {
    const form = () =>
      new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshing(),
      });
    const url = `${baseUrl.replace(/\/+$/u, '')}/api/integrations/oauth/token`;
    return createTokenSource(connector, { url, timeLimitMs, form, granted }, deps);
  }

  const tokens = sourceFor(
    () => current,
    (next) => {
      current = next;
    },
  );

  return {
    get: async (signal) => `Bearer ${await tokens.get(signal)}`,
    forget(authorization) {
      tokens.forget(authorization.slice('Bearer '.length));
      return true;
    },
    async willLast(signal) {
      await tokens.get(signal);
      if (current === refreshToken) return true;
      const first = sourceFor(
        () => refreshToken,
        () => undefined,
      );
      try {
        await first.get(signal);
        return true;
      } catch (error) {
        if (error instanceof ConnectorError && error.code === 'refused') return false;
        throw error;
      }
    },
  };
}
