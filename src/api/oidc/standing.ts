/** What a verified token says of its bearer: person or program, roles, connectors, name. */
import type { JWTPayload } from 'jose';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import { ROLES } from '../../config/roles.ts';
import type { Role } from '../../config/roles.ts';

export interface Standing {
  readonly kind: 'person' | 'program';
  readonly roles: readonly Role[];
  /** Disposal vendors' connectors that the role `vendor` is bound to. */
  readonly connectors: readonly string[];
  readonly displayName: string | null;
}

/** Claims under which issuers name the client: RFC 9068, OpenID Connect and Microsoft's second version, its first. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'appid'] as const;

/** Reads roles by the configuration alone; no claim names a role by itself. */
export function standingReader(config: OidcConfig): (claims: JWTPayload) => Standing {
  const programs = new Map(Object.entries(config.programs));
  const roles = new Map(Object.entries(config.roles));
  const vendors = new Map(Object.entries(config.vendors));
  const clientClaims = config.clientClaim === undefined ? CLIENT_CLAIMS : [config.clientClaim];
  return (claims) => {
    const client = clientClaims.map((name) => textOf(claims[name])).find((text) => text !== null) ?? null;
    if (isProgram(claims, client, programs)) {
      const program = client === null ? undefined : programs.get(client);
      return standing('program', program?.roles ?? [], program?.vendorOf ?? [], null);
    }
    const groups = textsOf(claims[config.groupsClaim]);
    return standing(
      'person',
      groups.flatMap((group) => roles.get(group) ?? []),
      groups.flatMap((group) => vendors.get(group) ?? []),
      nameOf(claims),
    );
  };
}

/** A program acts for itself: it is configured as one, or is its own subject (RFC 9068). */
function isProgram(
  claims: JWTPayload,
  client: string | null,
  programs: ReadonlyMap<string, unknown>,
): boolean {
  return client !== null && (programs.has(client) || claims.sub === client);
}

function standing(
  kind: Standing['kind'],
  given: readonly Role[],
  connectors: readonly string[],
  displayName: string | null,
): Standing {
  const all = new Set<Role>(connectors.length > 0 ? [...given, 'vendor'] : given);
  return {
    kind,
    // In the order of the table, each once.
    roles: ROLES.filter((role) => all.has(role)),
    connectors: [...new Set(connectors)].toSorted(),
    displayName,
  };
}

function nameOf(claims: JWTPayload): string | null {
  const name = textOf(claims['name']) ?? textOf(claims['preferred_username']);
  return name === null ? null : name.replace(/\p{Cc}/gu, ' ').slice(0, 200);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? value : null;
}

/** A list of texts; some issuers give a single one as it is. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
