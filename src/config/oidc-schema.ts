/** The section `oidc`: whose tokens the API believes, and what their groups may do. */
import { z } from 'zod';
import { Duration } from './duration.ts';
import { isPrivateOnTheWay } from './loopback.ts';
import { PROGRAM_ROLES, UNBOUND_ROLES } from './roles.ts';

/** Signatures by a private key that only the issuer has. */
export const SIGNATURES = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

const Connectors = z.array(z.string().min(1)).min(1);

const Issuer = z
  .url()
  .refine((text) => isPrivateOnTheWay(text), 'https; http only on this machine (loopback)')
  .refine((text) => new URL(text).search === '' && new URL(text).hash === '', 'an address without ? and #');

const Program = z
  .strictObject({
    /** What the program may do; what only people decide (`approver`, `legal`, `admin`) is not given to programs. */
    roles: z.array(z.enum(PROGRAM_ROLES)).default([]),
    /** Makes it a `vendor` of these connectors: it sees their pickups only. */
    vendorOf: Connectors.optional(),
  })
  .refine(({ roles, vendorOf }) => roles.length > 0 || vendorOf !== undefined, 'roles or vendorOf is needed');

export const OidcSchema = z
  .strictObject({
    /** Exactly as its tokens have it in `iss`. Keys are found by its `/.well-known/openid-configuration`. */
    issuer: Issuer,
    /** What tokens for this installation have in `aud`. Not the id of a client: an ID token would pass for an access token. */
    audience: z.string().min(1),
    /** Signatures that are believed. */
    algorithms: z
      .array(z.enum(SIGNATURES))
      .min(1)
      .default([...SIGNATURES]),
    /**
     * Claim that says who it is, the same in every token of one person (Microsoft Entra: `oid`). Absent: `sub`, but not at an issuer
     * that gives the same person another `sub` for each client: there it must be named.
     */
    subjectClaim: z.string().min(1).optional(),
    /** Claim that names the client, where it is none of `client_id`, `azp`, `appid`. */
    clientClaim: z.string().min(1).optional(),
    /** Claim that lists the groups of a person. */
    groupsClaim: z.string().min(1).default('groups'),
    /** Group to roles. Whoever is in no group of it may do nothing. */
    roles: z.record(z.string().min(1), z.array(z.enum(UNBOUND_ROLES)).min(1)).default({}),
    /** Group to disposal vendors' connectors: its people get the role `vendor` for these alone. */
    vendors: z.record(z.string().min(1), Connectors).default({}),
    /** Client id to what that program may do with a token of its own; its groups do not count. */
    programs: z.record(z.string().min(1), Program).default({}),
    /** A token is refused this long after it was issued, however long it says it is valid. */
    maxTokenAge: Duration.prefault('2h'),
    /** Public client that `handback login` signs people in with (device flow); without it, nobody can sign in there. */
    clientId: z.string().min(1).optional(),
    /** What `handback login` asks for. */
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/u)).default(['openid', 'offline_access']),
    /** How `handback login` names the audience to the issuer: RFC 8707's `resource`, `audience`, or not at all (by scope). */
    audienceParameter: z.enum(['resource', 'audience', 'none']).default('none'),
  })
  .refine(({ audience, clientId, programs }) => audience !== clientId && !Object.hasOwn(programs, audience), {
    path: ['audience'],
    message: 'not the id of a client: an ID token would pass for an access token',
  })
  .refine(({ clientId, programs }) => clientId === undefined || !Object.hasOwn(programs, clientId), {
    path: ['programs'],
    message: 'the client that people sign in with is no program',
  });

export type OidcConfig = z.infer<typeof OidcSchema>;
