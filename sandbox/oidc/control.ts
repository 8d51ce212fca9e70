import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import { approveDevice } from './browser.ts';
import type { Account } from './directory.ts';
import type { Issuer } from './issuer.ts';
import { MintRequest } from './mint.ts';
import { Member } from './options.ts';

const Device = z.strictObject({
  userCode: z.string().min(1),
  person: z.string().min(1),
  approve: z.boolean().default(true),
});
const Groups = z.strictObject({ groups: z.array(z.string().min(1)) });
const Rotate = z
  .strictObject({
    /** Older keys are published no more: what they signed counts no more. */
    withdraw: z.boolean().default(false),
  })
  .prefault({});

/** What the issuer's administrators do, and what people do at their browsers. */
export function controlRoutes(issuer: Issuer): Router {
  const router = Router();
  const { directory } = issuer;

  const onAccount =
    (act: (account: Account, request: Request) => Account) => (request: Request, response: Response) => {
      const account = directory.find(routeText(request, 'name'));
      if (account === undefined) return void response.status(404).json({ error: 'no such person' });
      response.json(act(account, request));
    };

  router.get('/people', (_request, response) => void response.json({ people: directory.list() }));
  router.post('/people', (request, response) => {
    response.status(201).json(directory.put(Member.parse(request.body)));
  });
  router.post(
    '/people/:name/groups',
    onAccount((account, request) => directory.change(account, Groups.parse(request.body))),
  );
  router.post(
    '/people/:name/disable',
    onAccount((account) => {
      issuer.memory.forgetAccount(account.subject);
      return directory.change(account, { disabled: true });
    }),
  );
  router.post(
    '/people/:name/enable',
    onAccount((account) => directory.change(account, { disabled: false })),
  );
  router.post(
    '/people/:name/sign-out',
    onAccount((account) => {
      issuer.memory.forgetAccount(account.subject);
      return account;
    }),
  );

  router.post('/tokens', async (request, response) => {
    const minted = await issuer.mint(MintRequest.parse(request.body));
    if (minted === null) return void response.status(404).json({ error: 'no such person or program' });
    response.status(201).json(minted);
  });
  router.post('/devices', async (request, response) => {
    const { userCode, person, approve } = Device.parse(request.body);
    const account = directory.find(person);
    if (account === undefined) return void response.status(404).json({ error: 'no such person' });
    await approveDevice(issuer.url, userCode, account.key, approve);
    response.status(204).end();
  });
  router.post('/keys/rotate', async (request, response) => {
    response.json({ kids: await issuer.rotate(Rotate.parse(request.body).withdraw) });
  });
  return router;
}
