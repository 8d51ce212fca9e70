import { z } from 'zod';
import { DEFAULT_CHOICES } from './choices.ts';

/** Settings of one simulated ServiceNow instance. */
export const ServiceNowOptions = z.strictObject({
  /** A user for basic authentication. */
  username: z.string().min(1).default('handback'),
  password: z.string().min(1).default('servicenow-sandbox-password'),
  /** A client of the application registry, for the client credentials grant. */
  clientId: z.string().min(1).default('servicenow-sandbox-client'),
  clientSecret: z.string().min(1).default('servicenow-sandbox-secret'),
  /** Life of an access token, seconds; half an hour is the vendor's default. */
  tokenSeconds: z.int().positive().default(1800),
  /** Rows of one answer when `sysparm_limit` is absent. */
  defaultLimit: z.int().positive().default(10_000),
  /** A rate limit rule: requests per hour before 429; null: no rule, as in a new instance. */
  requestsPerHour: z.int().positive().nullable().default(null),
  /** `glide.invalid_query.returns_no_rows`: false, as in a new instance, means that an invalid term is passed over. */
  invalidQueryReturnsNoRows: z.boolean().default(false),
  /** States and substates of this instance. Values are the instance's own; labels are what people see. */
  choices: z
    .array(
      z.strictObject({
        table: z.enum(['alm_asset', 'alm_hardware']).default('alm_asset'),
        element: z.enum(['install_status', 'substatus', 'acquisition_method']),
        value: z.string(),
        label: z.string().min(1),
        /** The state that a substate belongs to. */
        dependentValue: z.string().default(''),
      }),
    )
    .default([...DEFAULT_CHOICES]),
});
export type ServiceNowOptions = z.infer<typeof ServiceNowOptions>;
