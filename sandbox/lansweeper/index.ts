/**
 * Lansweeper: what scans found and people wrote down, over the GraphQL Data API (sources: the vendor's pages on restrictions,
 * its published Postman collection, and its own open client). One endpoint, `POST /api/v2/graphql`; nothing is written there.
 */
import { Router } from 'express';
import type { RequestHandler, Response } from 'express';
import { graphql } from 'graphql';
import { z } from 'zod';
import { jsonBody } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { createAccess } from './access.ts';
import { createControl } from './control.ts';
import { LansweeperOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { rootOf, SCHEMA } from './schema.ts';
import { emptyStore, seedStore } from './store.ts';
import { throttle, throttled } from './throttle.ts';

const Question = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** Makes one simulated account. */
export function createLansweeper(
  context: SimulatorContext,
  input: Readonly<Record<string, unknown>>,
): Simulator {
  const options = LansweeperOptions.parse(input);
  const [site] = options.sites;
  const siteId = site?.id ?? '';
  let state = emptyStore();
  const limiter = throttle(options);
  const access = createAccess(options);
  const rootValue = rootOf({ store: () => state, options });

  const answer: RequestHandler = async (request, response) => {
    const asked = Question.safeParse(request.body);
    if (!asked.success) return refused(response, 400);
    const { query, variables, operationName } = asked.data;
    const { data, errors } = await graphql({
      schema: SCHEMA,
      source: query,
      rootValue,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
    });
    if (errors === undefined || errors.length === 0) {
      return void response.set('x-graphql-status', 'success').json({ data });
    }
    const first = errors.map(({ cause }) => cause).find((each) => each instanceof Refusal);
    response
      .status(first?.status ?? 400)
      .set('x-graphql-status', 'fail')
      .json({ errors: errors.map(({ message }) => ({ message })), ...(data === undefined ? {} : { data }) });
  };

  const router = Router();
  router.use(access.tokens);
  router.post('/api/v2/graphql', limiter.handler, access.require, jsonBody(), answer);

  return {
    router,
    control: createControl({ context, access, store: () => state, siteId }),
    refuse: {
      rateLimited: (_request, response) => throttled(response),
      failed: (_request, response, status) => refused(response, status),
    },
    seed: (company) => seedStore(state, company, siteId, context.now()),
    reset() {
      state = emptyStore();
      limiter.reset();
      access.reset();
    },
  };
}

function refused(response: Response, status: number): void {
  response.status(status).json({ errors: [{ message: `The request failed: ${status}` }] });
}
