import { z } from 'zod';
import { MODES } from '../domain/modes.ts';
import { Duration } from './duration.ts';
import { Key } from './key-schema.ts';
import { DocumentsSchema } from './documents-schema.ts';
import { LedgerSchema } from './ledger-schema.ts';
import { NotifySchema } from './notify-schema.ts';
import { OidcSchema } from './oidc-schema.ts';
import { PersonKeysSchema } from './person-keys-schema.ts';
import { PeopleSelector } from './people-selector.ts';
import { PolicySchema } from './policy-schema.ts';
import { Country } from './working-days-schema.ts';
import { ROLES } from './roles.ts';

export { ROLES } from './roles.ts';
export type { Role } from './roles.ts';

export { MODES } from '../domain/modes.ts';
export type { Mode } from '../domain/modes.ts';

const Secret = z.string().min(16, 'at least 16 characters');

const Token = z
  .strictObject({
    /** Stands in facts as the actor: opaque, no name. */
    id: z.string().regex(/^[a-z0-9-]{1,64}$/u),
    token: Secret,
    roles: z.array(z.enum(ROLES)).min(1),
    /** With the role `vendor`: the disposal vendors' connectors whose pickups it sees. */
    vendorOf: z.array(z.string().min(1)).min(1).optional(),
  })
  .refine(({ roles, vendorOf }) => roles.includes('vendor') === (vendorOf !== undefined), {
    path: ['vendorOf'],
    message: 'goes with the role vendor, and the other way round',
  });

const Postal = z.strictObject({
  name: z.string().min(1),
  street1: z.string().min(1),
  city: z.string().min(1),
  zip: z.string().min(1),
  country: z.string().length(2),
  state: z.string().optional(),
  phone: z.string().optional(),
});

/** A connector before its kind's own settings are checked. */
export const ConnectorHead = z.looseObject({ kind: z.string(), mode: z.enum(MODES).default('observe') });

/** The configuration file without its connectors' own settings (see `load.ts`). */
export const ConfigSchema = z.strictObject({
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(4100),
      /** Where vendors reach us, for handshakes such as Graph's subscriptions; no trailing slash. */
      publicUrl: z.url().optional(),
    })
    .prefault({}),
  temporal: z
    .strictObject({
      /** Absent: `handback up` starts a server of its own. */
      address: z.string().optional(),
      namespace: z.string().default('default'),
      apiKey: z.string().optional(),
      /** Production: versioned worker deployments; embedded runs unversioned. */
      deployment: z.strictObject({ name: z.string(), buildId: z.string() }).optional(),
    })
    .prefault({}),
  database: z
    .strictObject({ url: z.url().optional(), connections: z.int().min(2).max(100).default(20) })
    .prefault({}),
  /** Keys of the payload codec, the one in use first. Absent: an embedded installation makes one in its data directory. */
  payloadKeys: z.array(Key).min(1).optional(),
  /** What opens personal data in the database, the same for every api and worker. */
  personKeys: PersonKeysSchema.prefault({}),
  tokens: z
    .array(Token)
    .default([])
    .refine(
      (tokens) => new Set(tokens.map((token) => token.id)).size === tokens.length,
      'two tokens have the same id',
    ),
  /** Sign-in of people and programs by an OpenID Connect issuer. Absent: static tokens only. */
  oidc: OidcSchema.optional(),
  connectors: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/u), ConnectorHead).default({}),
  people: z
    .strictObject({
      /** Keys that link a person's accounts across systems, the surest first. */
      linkBy: z
        .array(z.enum(['employeeNumber', 'workEmail']))
        .min(1)
        .default(['employeeNumber', 'workEmail']),
      /** How far anything may go about a group of people; the first line that means somebody counts. */
      modes: z.array(z.strictObject({ ...PeopleSelector, mode: z.enum(MODES) })).default([]),
    })
    .prefault({}),
  returns: z
    .strictObject({
      /** Where devices come back to; without it no labels are made. */
      to: Postal.optional(),
      weightGrams: z.int().min(1).default(3000),
      /** An empty box with what lies in it, on its way out. */
      boxWeightGrams: z.int().min(1).default(1000),
      /** Which carrier serves a country, by the connector's name. Others: the first carrier in mode enforce. */
      carriers: z.record(Country, z.string().min(1)).default({}),
      /** Whether carriers are asked for the money of labels that will not be used. */
      refundLabels: z.boolean().default(true),
    })
    .prefault({}),
  sweeps: z
    .strictObject({
      /** How often the MDMs' wipe states are read in bulk. */
      devices: Duration.prefault('5m'),
      /** How often identity providers are polled for what a hook dropped. */
      identity: Duration.prefault('5m'),
      /** How often everybody's devices at the identity providers are snapshot. */
      snapshots: Duration.prefault('1d'),
      /** How often sources of legal holds are read whole. */
      holds: Duration.prefault('15m'),
      /** Longest pause between tries of a vendor that does not answer. */
      retryCap: Duration.prefault('1m'),
      /** How often an inventory is looked at: for records that others close there, and to say there which units have left. */
      inventory: Duration.prefault('5m'),
      /** How often carriers are asked about parcels under way, for what a webhook dropped. */
      parcels: Duration.prefault('1h'),
      /** How often disposal vendors are asked for the lists that pickups wait for, for what a webhook dropped. */
      pickups: Duration.prefault('1h'),
      /** How often open cases and custodies without a running workflow are looked for. */
      reconcile: Duration.prefault('10m'),
    })
    .prefault({}),
  ledger: LedgerSchema.prefault({}),
  /** Where certificates, photos and receipts lie. */
  documents: DocumentsSchema.prefault({}),
  imports: z
    .strictObject({
      /** Bytes of one file of a disposal vendor. */
      fileBytes: z.int().min(1_024).max(1_073_741_824).default(67_108_864),
      /** Lines of data in one file. */
      lines: z.int().min(1).max(2_000_000).default(200_000),
      /** Characters of one line, or of one text in a workbook. */
      lineChars: z.int().min(256).default(262_144),
      /** Parts of a workbook (XLSX is a zip). */
      zipEntries: z.int().min(10).default(1_000),
      /** Bytes of all parts of a workbook, unpacked. */
      inflatedBytes: z.int().min(1_048_576).default(536_870_912),
      /** How many times larger than packed one part may be unpacked. */
      zipRatio: z.number().min(10).default(200),
    })
    .prefault({}),
  notify: NotifySchema.prefault({}),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  policy: PolicySchema.prefault({}),
});
