/**
 * An OpenID Connect issuer with a handful of people: discovery, keys, device flow, authorization code, client credentials,
 * refresh and revocation are those of the certified `oidc-provider`; only its people, its pages and its control are ours.
 */
import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { routeText } from '../core/http.ts';
import { isMeant } from '../core/simulator.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { controlRoutes } from './control.ts';
import { Issuer } from './issuer.ts';
import { OidcOptions } from './options.ts';
import { page, peoplePage } from './pages.ts';

/** Makes one simulated issuer. */
export function createOidc(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const issuer = new Issuer(context, OidcOptions.parse(input));
  const refuse = (response: Response, status: number, error: string, description: string): void =>
    void response.status(status).json({ error, error_description: description });

  const router = Router();
  router.get('/sign-in/:uid', async (request: Request, response: Response) => {
    await (await issuer.provider()).interactionDetails(request, response);
    response.send(peoplePage(issuer.directory.list().filter(({ disabled }) => !disabled)));
  });
  router.post(
    '/sign-in/:uid',
    express.urlencoded({ extended: false }),
    async (request: Request<Record<string, string>, unknown, unknown>, response: Response) => {
      const provider = await issuer.provider();
      const { uid } = await provider.interactionDetails(request, response);
      const account = issuer.directory.find(personIn(request.body));
      if (account === undefined || account.disabled || uid !== routeText(request, 'uid')) {
        return void response
          .status(403)
          .send(page('That did not work', '<p>Nobody of that name can sign in.</p>'));
      }
      await provider.interactionFinished(request, response, { login: { accountId: account.subject } });
    },
  );
  router.use(async (request: Request, response: Response) => {
    const provider = await issuer.provider();
    await provider.callback()(request, response);
  });

  return {
    router,
    control: controlRoutes(issuer),
    refuse: {
      rateLimited(_request, response, seconds) {
        response.set('Retry-After', String(seconds));
        refuse(response, 429, 'temporarily_unavailable', 'too many requests');
      },
      failed: (_request, response, status) =>
        refuse(
          response,
          status,
          status < 500 ? 'invalid_request' : 'server_error',
          'the request could not be served',
        ),
    },
    seed({ people }) {
      for (const { key, givenName, familyName, workEmail, identity } of people) {
        if (!identity.some((mention) => isMeant(context, mention))) continue;
        issuer.directory.put({ key, givenName, familyName, workEmail, groups: [] });
      }
    },
    reset: () => issuer.reset(),
  };
}

function personIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'person' in body ? String(body.person) : '';
}
