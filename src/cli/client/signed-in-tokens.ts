/** Tokens of whom `handback login` signed in, renewed before they expire. */
import { cliEnvironment } from '../../config/cli-environment.ts';
import type { Environment } from '../../config/environment.ts';
import { CliError } from '../errors.ts';
import type { Tokens } from './api-client.ts';
import type { Grant } from './issuer-client.ts';
import type { SignIn, SignInFile } from './sign-ins.ts';

/** A token that holds for less is renewed first. */
const SPARE_MS = 15_000;

/** @param otherwise Used where nobody is signed in. */
export function signedInTokens(
  file: SignInFile,
  apiUrl: string,
  env: Environment,
  otherwise: Tokens,
): Tokens {
  async function renewWhere(fits: (signIn: SignIn) => boolean): Promise<SignIn | null> {
    return file.change(apiUrl, async (before) => {
      // Another command may have renewed it meanwhile, or signed out.
      if (before === null || !fits(before)) return before;
      return { ...before, ...(await grantAgain(before, env)) };
    });
  }
  const found = (signIn: SignIn | null) =>
    signIn === null ? null : ({ token: signIn.accessToken, from: 'sign-in' } as const);
  return {
    async current() {
      const signIn = await file.read(apiUrl);
      if (signIn === null) return otherwise.current();
      return found(isSpent(signIn) ? await ended(apiUrl, () => renewWhere(isSpent)) : signIn);
    },
    async renewed(refused) {
      const signIn = await file.read(apiUrl);
      if (signIn === null) return null;
      return found(await ended(apiUrl, () => renewWhere(({ accessToken }) => accessToken === refused)));
    },
  };
}

function isSpent({ expiresAt }: SignIn): boolean {
  return Date.parse(expiresAt) - Date.now() < SPARE_MS;
}

async function grantAgain(signIn: SignIn, env: Environment): Promise<Grant> {
  // Loaded only where it is needed: most commands find a token that holds.
  const { goOn, signInAsProgram } = await import('./issuer-client.ts');
  if (signIn.kind === 'person') return goOn(signIn);
  const { client } = cliEnvironment(env);
  if (client?.id !== signIn.clientId) {
    throw new CliError(
      `the token of ${signIn.clientId} has expired: set HANDBACK_CLIENT_ID and HANDBACK_CLIENT_SECRET to go on`,
    );
  }
  return signInAsProgram(signIn.issuer, client, signIn.parameters);
}

async function ended<T>(apiUrl: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && error.name === 'SignInEnded')
      throw new CliError(`your sign-in at ${apiUrl} has ended: run \`handback login\``, { cause: error });
    throw error;
  }
}
