/** A mail server that takes everything and delivers nothing: what arrived is listed on the control listener. */
import { Router } from 'express';
import { queryText } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { MailFault, MailFaults } from './faults.ts';
import { Mailbox } from './mailbox.ts';
import { MailOptions } from './options.ts';
import { createMailServer } from './server.ts';

export function createMail(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const options = MailOptions.parse(input);
  const mailbox = new Mailbox();
  const faults = new MailFaults();

  const listener = createMailServer(options, faults, async (raw, envelope) => {
    const mail = await mailbox.take(raw, envelope, context.now());
    for (const to of mail.to)
      context.effect(
        { method: 'DATA', originalUrl: '' },
        { kind: 'mail', target: to, params: { messageId: mail.messageId, subject: mail.subject } },
      );
    context.log(`mail for ${mail.to.length}`);
  });

  const control = Router();
  control.get(
    '/mails',
    (request, response) => void response.json({ mails: mailbox.list(queryText(request, 'to')) }),
  );
  control.get('/faults', (_request, response) => void response.json({ faults: faults.list() }));
  control.post('/faults', (request, response) => {
    faults.add(MailFault.parse(request.body));
    response.status(201).json({ faults: faults.list() });
  });
  control.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });

  return {
    // Nothing of it is HTTP.
    router: Router(),
    listener,
    control,
    refuse: {
      rateLimited: (_request, response) => void response.status(429).end(),
      failed: (_request, response, status) => void response.status(status).end(),
    },
    seed: () => {},
    reset() {
      mailbox.clear();
      faults.clear();
    },
  };
}
