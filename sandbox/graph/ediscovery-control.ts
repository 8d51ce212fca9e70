/** What the legal department does in the Purview portal, driven over the control listener under `/instances/<name>/ediscovery`. */
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { EdiscoveryCase } from './ediscovery-case.ts';
import type { EdiscoveryCases } from './ediscovery-state.ts';
import { GraphError } from './errors.ts';

const text = z.string().nullable().optional();
const NewCase = z.strictObject({
  key: z.string().min(1),
  displayName: z.string().default('Matter'),
  status: z.string().default('active'),
  isMember: z.boolean().default(false),
});
const CustodianChange = z.strictObject({
  key: z.string().min(1).optional(),
  email: text,
  status: text,
  holdStatus: text,
});
const HoldChange = z.strictObject({
  key: z.string().min(1),
  displayName: z.string().optional(),
  isEnabled: z.boolean().nullable().optional(),
  status: text,
  sources: z
    .array(
      z.strictObject({
        key: z.string().min(1).optional(),
        email: z.string().nullable(),
        holdStatus: text,
      }),
    )
    .optional(),
});

export function ediscoveryControl(ediscovery: EdiscoveryCases): Router {
  const router = Router();
  const routeCase = (request: Request): EdiscoveryCase => {
    const found = ediscovery.find(routeText(request, 'case'));
    if (found === undefined) throw new GraphError(404, 'NotFound', 'There is no such case.');
    return found;
  };

  router.post('/ediscovery/role', (request, response) => {
    ediscovery.role = z
      .strictObject({ role: z.enum(['administrator', 'manager', 'none']) })
      .parse(request.body).role;
    response.json({ role: ediscovery.role });
  });
  router.post('/ediscovery/cases', (request, response) => {
    const { key, displayName, status, isMember } = NewCase.parse(request.body);
    response.status(201).json(show(ediscovery.open(key, displayName, status, isMember)));
  });
  router.get('/ediscovery/cases/:case', (request, response) => void response.json(show(routeCase(request))));
  router.post('/ediscovery/cases/:case/status', (request, response) => {
    const { status } = z.strictObject({ status: z.string() }).parse(request.body);
    const changed = routeCase(request);
    ediscovery.setStatus(changed, status);
    response.json(show(changed));
  });
  router.post('/ediscovery/cases/:case/custodians', (request, response) => {
    const { key, ...change } = CustodianChange.parse(request.body);
    const changed = routeCase(request);
    const name = key ?? change.email;
    if (name === null || name === undefined) throw new GraphError(400, 'BadRequest', 'key or email');
    response.json(ediscovery.putCustodian(changed, name, change));
  });
  router.post('/ediscovery/cases/:case/holds', (request, response) => {
    const { key, ...change } = HoldChange.parse(request.body);
    const { sources, ...hold } = ediscovery.putHold(routeCase(request), key, change);
    response.json({ ...hold, sources: [...sources.values()] });
  });
  router.delete('/ediscovery/cases/:case', (request, response) => {
    ediscovery.byId.delete(routeCase(request).id);
    response.status(204).end();
  });
  return router;
}

function show({ key, isMember, fields, custodians, holds }: EdiscoveryCase): object {
  return {
    ...fields,
    key,
    isMember,
    custodians: [...custodians.values()],
    holds: [...holds.values()].map(({ sources, ...hold }) => ({ ...hold, sources: [...sources.values()] })),
  };
}
