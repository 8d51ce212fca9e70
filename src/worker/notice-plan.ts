import type { Connectors } from '../adapters/connectors.ts';
import type { Config } from '../config/load.ts';
import type { NoticePlan } from '../domain/notices/plan.ts';

/**
 * The plan of the configuration, held against the connectors that are to carry it out.
 *
 * @throws Error with the path of the key when a connector cannot send to what it is told to.
 */
export function noticePlan(config: Config['notify'], { notify }: Pick<Connectors, 'notify'>): NoticePlan {
  const { mailPeopleBy, quietHours, giveUpAfter, ...same } = config;
  if (mailPeopleBy !== undefined && notify.get(mailPeopleBy)?.port.addressing !== 'address')
    throw new Error(`notify.mailPeopleBy: ${mailPeopleBy} sends no mail`);
  for (const [role, targets] of Object.entries(config.roles))
    for (const [index, { connector, to }] of targets.entries())
      if (notify.get(connector)?.port.accepts(to) !== true)
        throw new Error(`notify.roles.${role}.${index}.to: ${connector} cannot send to that`);
  return {
    ...same,
    mailPeopleBy: mailPeopleBy ?? null,
    quietHours: quietHours ?? null,
    giveUpAfterMs: giveUpAfter,
  };
}
