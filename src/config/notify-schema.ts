import { z } from 'zod';
import { LANGUAGES } from '../domain/notices/plan.ts';
import { Duration } from './duration.ts';
import { Country } from './working-days-schema.ts';

const Language = z.enum(LANGUAGES);

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'a time of day such as 18:30')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const Target = z.strictObject({
  /** Name of a connector that sends messages. */
  connector: z.string().min(1),
  /** For mail an address, for chat the name of a channel in the connector's settings. */
  to: z.string().min(1).max(254),
  language: Language.optional(),
});
const Targets = z.array(Target).default([]);

/** Who hears of what, where and in which language. */
export const NotifySchema = z.strictObject({
  /** The connector that mails leavers and managers. Left out, nobody's own mailbox is written to. */
  mailPeopleBy: z.string().min(1).optional(),
  /** Where each role is told; several places each get every message. */
  roles: z
    .strictObject({
      operator: Targets,
      'asset-manager': Targets,
      approver: Targets,
      security: Targets,
      legal: Targets,
    })
    .prefault({}),
  /** Language of whoever has no other. */
  language: Language.default('en'),
  /** IANA time zone of people whose own is not known. */
  timeZone: z.string().min(1).default('UTC'),
  /** Hours in which leavers and managers get no mail, by the clock where they live; `from` later than `to` is over midnight. */
  quietHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).optional(),
  /** How long a notifier that does not answer is tried, from when the message was due. After that it has failed, and says so. */
  giveUpAfter: Duration.prefault('2d'),
  /** What differs by country (ISO 3166-1): `language`; `notice`, a paragraph that is added, by language; `noChasers`. */
  countries: z
    .record(
      Country,
      z.strictObject({
        language: Language.optional(),
        notice: z.partialRecord(Language, z.string().min(1).max(2_000)).default({}),
        noChasers: z.boolean().default(false),
      }),
    )
    .default({}),
});
export type NotifyConfig = z.infer<typeof NotifySchema>;
