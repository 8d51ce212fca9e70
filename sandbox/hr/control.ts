import { Router } from 'express';
import { z } from 'zod';
import { CompanyPerson } from '../core/company.ts';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { employeeOf, findEmployee, statusOf } from './directory.ts';
import type { Directory } from './directory.ts';
import { effectiveAt, happen, Happening, HappeningError } from './events.ts';
import { WebhookTarget } from './options.ts';
import type { HrOptions } from './options.ts';
import { send } from './sender.ts';
import type { Message } from './sender.ts';

/** Bytes to send as they are, to see what a receiver makes of them. */
const Raw = z.strictObject({
  body: z.string(),
  signing: z.enum(['valid', 'wrong', 'missing', 'stale']).default('valid'),
});

/** What the control routes work on. */
export interface ControlParts {
  readonly context: SimulatorContext;
  readonly options: HrOptions;
  readonly directory: Directory;
  readonly targets: () => WebhookTarget[];
  /** Messages sent since the last reset, by id. */
  readonly messages: Map<string, Message>;
}

/** What people in the HR department do. */
export function controlRoutes({ context, options, directory, targets, messages }: ControlParts): Router {
  const router = Router();
  let sent = 0;

  const post = (
    delivery: string,
    body: string,
    signing: z.infer<typeof Raw>['signing'] = 'valid',
  ): string => {
    sent += 1;
    const message: Message = {
      id: `msg_${context.name}_${context.now().getTime().toString(36)}_${sent}`,
      delivery,
      body,
    };
    messages.set(message.id, message);
    send(context, options, targets(), message, signing);
    return message.id;
  };

  router.get('/people', (_request, response) => {
    const now = context.now();
    response.json({
      people: [...directory.values()].map((employee) => ({
        ...employee,
        status: statusOf(employee, now),
        effectiveAt: effectiveAt(employee),
      })),
    });
  });
  router.post('/people', (request, response) => {
    const person = CompanyPerson.parse(request.body);
    directory.set(person.key, employeeOf(person, context.now()));
    response.status(201).json({ key: person.key });
  });
  router.post('/webhooks', (request, response) => {
    targets().push(WebhookTarget.parse(request.body));
    response.status(201).end();
  });

  router.post('/people/:name/events', (request, response) => {
    const employee = findEmployee(directory, routeText(request, 'name'));
    if (!employee) return void response.status(404).json({ error: 'no such person' });
    const happening = Happening.parse(request.body);
    const now = context.now();
    try {
      const data = happen(directory, employee, happening, now);
      const body = { type: happening.type, timestamp: happening.at ?? now.toISOString(), data };
      response.json({
        id: happening.notify ? post(happening.type, JSON.stringify(body)) : null,
        event: body,
        effectiveAt: effectiveAt(employee),
      });
    } catch (error) {
      if (!(error instanceof HappeningError)) throw error;
      response.status(400).json({ error: error.message });
    }
  });
  router.post('/events/:id/redeliver', (request, response) => {
    const message = messages.get(routeText(request, 'id'));
    if (!message) return void response.status(404).json({ error: 'no such event' });
    send(context, options, targets(), message);
    response.status(202).json({ id: message.id });
  });
  router.post('/raw', (request, response) => {
    const { body, signing } = Raw.parse(request.body);
    response.status(202).json({ id: post('raw', body, signing) });
  });
  return router;
}
