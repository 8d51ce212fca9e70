/** `/security/cases/ediscoveryCases`: cases of Microsoft Purview eDiscovery with their custodians and legal holds, to be read. */
import { Router } from 'express';
import type { Request } from 'express';
import { queryText, routeText } from '../core/http.ts';
import type { EdiscoveryCase, HoldPolicy } from './ediscovery-case.ts';
import { GraphError } from './errors.ts';
import { collection } from './odata.ts';
import type { GraphTenant } from './tenant.ts';

const CASES = '/security/cases/ediscoveryCases';

export function ediscoveryRouter({ state: { ediscovery }, context, options }: GraphTenant): Router {
  const router = Router();
  const routeCase = (request: Request): EdiscoveryCase => {
    const id = routeText(request, 'case');
    const found = ediscovery.visible().find((each) => each.id === id);
    if (found === undefined) throw notFound('case', id);
    return found;
  };
  const routeHold = (request: Request): HoldPolicy => {
    const id = routeText(request, 'hold');
    const found = [...routeCase(request).holds.values()].find((hold) => hold.id === id);
    if (found === undefined) throw notFound('legal hold', id);
    return found;
  };
  /** `counted`: Graph's examples of these show `@odata.count` though nobody asked for it. */
  const answer = (
    request: Request,
    within: string,
    items: readonly { readonly id: string }[],
    { counted }: { counted: boolean },
  ): object => ({
    ...collection(request, {
      url: context.url,
      context: `security/cases/ediscoveryCases${within}`,
      items,
      pageSize: options.pageSize,
      filterOn: (item) => item,
      show: (item) => item,
    }),
    ...(counted && queryText(request, '$skiptoken') === undefined ? { '@odata.count': items.length } : {}),
  });

  router.use('/security/cases', (_request, _response, next) => {
    // What clients report for a principal that Purview's role groups do not know, whatever its Graph permissions.
    if (ediscovery.role === 'none')
      throw new GraphError(401, 'Unauthorized', 'Processing of the HTTP request resulted in an exception.');
    next();
  });
  router.get(CASES, (request, response) => {
    const items = ediscovery.visible().map(({ fields }) => fields);
    response.json(answer(request, '', items, { counted: true }));
  });
  router.get(`${CASES}/:case`, (request, response) => void response.json(routeCase(request).fields));
  router.get(`${CASES}/:case/custodians`, (request, response) => {
    const { id, custodians } = routeCase(request);
    response.json(answer(request, `('${id}')/custodians`, [...custodians.values()], { counted: true }));
  });
  router.get(`${CASES}/:case/legalHolds`, (request, response) => {
    const { id, holds } = routeCase(request);
    const items = [...holds.values()].map(showHold);
    response.json(answer(request, `('${id}')/legalHolds`, items, { counted: true }));
  });
  router.get(
    `${CASES}/:case/legalHolds/:hold`,
    (request, response) => void response.json(showHold(routeHold(request))),
  );
  router.get(`${CASES}/:case/legalHolds/:hold/userSources`, (request, response) => {
    const { id, sources } = routeHold(request);
    const within = `('${routeCase(request).id}')/legalHolds('${id}')/userSources`;
    response.json(answer(request, within, [...sources.values()], { counted: false }));
  });
  return router;
}

function showHold({ sources: _apart, ...fields }: HoldPolicy): Omit<HoldPolicy, 'sources'> {
  return fields;
}

function notFound(what: string, id: string): GraphError {
  return new GraphError(404, 'NotFound', `The ${what} ${id} was not found.`);
}
