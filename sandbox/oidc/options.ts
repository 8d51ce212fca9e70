import { z } from 'zod';

/** Somebody who can sign in. */
export const Member = z.strictObject({
  key: z.string().regex(/^[\w-]+$/),
  givenName: z.string().min(1),
  familyName: z.string().min(1),
  workEmail: z.email(),
  groups: z.array(z.string().min(1)).default([]),
});
export type Member = z.infer<typeof Member>;

const member = (key: string, givenName: string, familyName: string, ...groups: string[]): Member => ({
  key,
  givenName,
  familyName,
  workEmail: `${key}@example.com`,
  groups,
});

/** One of each trade, and two who approve. */
const STAFF: readonly Member[] = [
  member('olga', 'Olga', 'Operator', 'handback-operators'),
  member('aki', 'Aki', 'Approver', 'handback-approvers'),
  member('ben', 'Ben', 'Approver', 'handback-approvers'),
  member('mina', 'Mina', 'Assets', 'handback-asset-managers'),
  member('dan', 'Dan', 'Dock', 'handback-dock'),
  member('lena', 'Lena', 'Legal', 'handback-legal'),
  member('finn', 'Finn', 'Finance', 'handback-finance'),
  member('ines', 'Ines', 'Auditor', 'handback-auditors'),
  member('adam', 'Adam', 'Admin', 'handback-admins'),
  member('vera', 'Vera', 'Vendor', 'itad-staff'),
  member('nora', 'Nora', 'Nobody'),
];

const Client = z.strictObject({
  id: z.string().min(1),
  /** Public clients have none. */
  secret: z.string().min(1).optional(),
  /** What it may use: people by code shown on a device, people in a browser, or the program itself. */
  flow: z.enum(['device', 'browser', 'program']),
  /** Of the flow `browser`. */
  redirectUris: z.array(z.url()).default([]),
  /** In the tokens of a program. */
  groups: z.array(z.string().min(1)).default([]),
});
export type Client = z.infer<typeof Client>;

/** Settings of one simulated issuer. */
export const OidcOptions = z.strictObject({
  /** `aud` of access tokens, and the only resource there is: an absolute URI. */
  audience: z.url().default('urn:handback:api'),
  members: z.array(Member).default([...STAFF]),
  clients: z.array(Client).default([
    { id: 'handback-cli', flow: 'device', redirectUris: [], groups: [] },
    {
      id: 'handback-program',
      secret: 'handback-program-secret',
      flow: 'program',
      redirectUris: [],
      groups: [],
    },
  ]),
  /** `sub` is another for each client, and the claim `oid` stays the same. */
  pairwise: z.boolean().default(false),
  /** Claim of access tokens that lists the groups. */
  groupsClaim: z.string().min(1).default('groups'),
  /** How long access tokens hold. */
  accessTokenSeconds: z.int().positive().default(300),
  refreshTokenSeconds: z.int().positive().default(43_200),
  /** How long a code on a device waits for its person. */
  deviceCodeSeconds: z.int().positive().default(600),
});
export type OidcOptions = z.infer<typeof OidcOptions>;
