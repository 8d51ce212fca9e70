/** The issuer as the commands use it: sign in, go on, sign out. */
import * as oidc from 'openid-client';
import { isLoopback, isPrivateOnTheWay } from '../../config/loopback.ts';
import { CliError, reasonOf } from '../errors.ts';
import { plain } from '../output/table.ts';
import type { SignIn } from './sign-ins.ts';

export interface Grant {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly refreshToken?: string;
}

/** Where a person types in what. */
export interface DevicePrompt {
  readonly url: string;
  /** With the code in it already, where the issuer gives one. */
  readonly completeUrl: string | null;
  readonly code: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** The sign-in has ended at the issuer: only a new one helps. */
export class SignInEnded extends Error {
  override readonly name = 'SignInEnded';
}

type Parameters = Readonly<Record<string, string>>;

export async function signInByDevice(
  issuer: string,
  clientId: string,
  parameters: Parameters,
  show: (prompt: DevicePrompt) => void,
): Promise<Grant> {
  return asking(issuer, async () => {
    const server = await discover(issuer, clientId, oidc.None());
    const device = await oidc.initiateDeviceAuthorization(server, { ...parameters });
    show({
      url: device.verification_uri,
      completeUrl: device.verification_uri_complete ?? null,
      code: device.user_code,
      expiresIn: device.expires_in,
    });
    return grantOf(await oidc.pollDeviceAuthorizationGrant(server, device));
  });
}

export async function signInAsProgram(
  issuer: string,
  client: { readonly id: string; readonly secret: string },
  parameters: Parameters,
): Promise<Grant> {
  return asking(issuer, async () => {
    const server = await discover(issuer, client.id, oidc.ClientSecretBasic(client.secret));
    return grantOf(await oidc.clientCredentialsGrant(server, { ...parameters }));
  });
}

/** @throws SignInEnded when the issuer takes the refresh token no more. */
export async function goOn({ issuer, clientId, parameters, refreshToken }: SignIn): Promise<Grant> {
  if (refreshToken === undefined) throw new SignInEnded();
  return asking(issuer, async () => {
    const server = await discover(issuer, clientId, oidc.None());
    try {
      const grant = grantOf(await oidc.refreshTokenGrant(server, refreshToken, { ...parameters }));
      return { refreshToken, ...grant };
    } catch (error) {
      if (codeOf(error) === 'invalid_grant') throw new SignInEnded();
      throw error;
    }
  });
}

/** Has the issuer forget the refresh token. */
export async function signOut({ issuer, clientId, refreshToken }: SignIn): Promise<void> {
  if (refreshToken === undefined) return;
  await asking(issuer, async () => {
    const server = await discover(issuer, clientId, oidc.None());
    if (server.serverMetadata().revocation_endpoint === undefined) return;
    await oidc.tokenRevocation(server, refreshToken, { token_type_hint: 'refresh_token' });
  });
}

function discover(issuer: string, clientId: string, how: oidc.ClientAuth): Promise<oidc.Configuration> {
  if (!isPrivateOnTheWay(issuer))
    throw new CliError(`the issuer ${issuer} is not https: nothing is sent to it`);
  // Deprecated so that it stands out: http, to an issuer on this very machine.
  // oxlint-disable-next-line typescript/no-deprecated
  const execute = isLoopback(issuer) ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(new URL(issuer), clientId, undefined, how, { execute, timeout: 30 });
}

function grantOf(answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): Grant {
  const seconds = answer.expiresIn() ?? 60;
  return {
    accessToken: answer.access_token,
    expiresAt: new Date(Date.now() + seconds * 1_000).toISOString(),
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
  };
}

/** What the issuer says no with, in words of its standard; never what was sent. */
const SAID: Readonly<Record<string, string>> = {
  access_denied: 'the sign-in was refused in the browser',
  expired_token: 'nobody signed in before the code expired: run `handback login` again',
  invalid_client: 'the issuer does not know the client, or its secret is wrong',
  unauthorized_client: 'the issuer does not let this client sign in so',
  invalid_scope: 'the issuer does not give this client these scopes (oidc.scopes)',
  invalid_target: 'the issuer does not know the audience (oidc.audience, oidc.audienceParameter)',
};

async function asking<T>(issuer: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CliError || error instanceof SignInEnded) throw error;
    const code = codeOf(error);
    if (code !== null) {
      throw new CliError(SAID[code] ?? `the issuer ${issuer} refused (${plain(code)})`, { cause: error });
    }
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CliError(`the issuer ${issuer} does not answer as one (${reasonOf(cause)})`, { cause: error });
  }
}

/** The standard's code of a refusal, which stands in the body or, with 401, in a header. */
function codeOf(error: unknown): string | null {
  if (error instanceof oidc.ResponseBodyError) return error.error;
  if (!(error instanceof oidc.WWWAuthenticateChallengeError)) return null;
  return error.cause.find(({ parameters }) => parameters.error !== undefined)?.parameters.error ?? null;
}
