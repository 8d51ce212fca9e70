/** What the API says of how to sign in: it says so to whoever comes without a token, and nothing else. */
import { z } from 'zod';
import { isPrivateOnTheWay } from '../../config/loopback.ts';
import { CliError, reasonOf } from '../errors.ts';

const Offer = z.object({
  signIn: z.object({
    issuer: z.url(),
    clientId: z.string().nullable(),
    scopes: z.array(z.string()),
    parameters: z
      .record(z.string(), z.string())
      // Only what names the audience: the API does not get to say who asks, or with what.
      .transform(({ resource, audience }) => ({
        ...(resource === undefined ? {} : { resource }),
        ...(audience === undefined ? {} : { audience }),
      })),
  }),
});
export type OfferedSignIn = z.infer<typeof Offer>['signIn'];

const TIME_LIMIT_MS = 30_000;

/** @throws CliError when the API offers none, or what is asked of it could be read on the way. */
export async function offeredSignIn(apiUrl: string): Promise<OfferedSignIn> {
  if (!isPrivateOnTheWay(apiUrl))
    throw new CliError(`${apiUrl} is not https: a token sent there could be read by others`);
  const answer = await fetch(`${apiUrl}/api/v1/me`, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CliError(`the API at ${apiUrl} does not answer (${reasonOf(cause)}): check HANDBACK_URL`, {
      cause: error,
    });
  });
  const offer = Offer.safeParse(await answer.json().catch(() => null)).data;
  if (offer !== undefined) return offer.signIn;
  throw new CliError(
    `the API at ${apiUrl} knows no sign-in (no \`oidc\` in its configuration): set HANDBACK_TOKEN to one of its tokens`,
  );
}

/** The issuer that may be used. @throws CliError when the API names another than the one that was named here. */
export function agreedIssuer(offer: OfferedSignIn, named: string | undefined): string {
  if (named === undefined || named === offer.issuer) return offer.issuer;
  throw new CliError(`the API believes the issuer ${offer.issuer}, not ${named}: nothing was sent`);
}
