/** What the API is built from. `main.ts` constructs it; tests lend parts of their own. */
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import type { HookVerifier } from '../adapters/webhook.ts';
import type { Mode, Role } from '../config/schema.ts';
import type { Policy } from '../domain/policy.ts';
import type { KeyRing } from '../ledger/key-ring.ts';
import type { StampAuthority } from '../outside/timestamp-authority.ts';
import type { ImportLimits } from '../imports/file/limits.ts';
import type { CaseTerms } from '../store/cases.ts';
import type { Database } from '../store/database.ts';
import type { DocumentPlace } from '../store/document-place.ts';
import type { OidcVerifier } from './oidc/verifier.ts';

/** A static bearer token from the configuration. `id` is what facts and logs show. */
export interface ApiToken {
  readonly id: string;
  readonly token: string;
  readonly roles: readonly Role[];
  /** With the role `vendor`: the connectors it is bound to. */
  readonly vendorOf?: readonly string[] | undefined;
}

/** What a client needs to sign somebody in. Public: it is told to whoever comes without a valid token. */
export interface SignIn {
  readonly issuer: string;
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  /** Parameters that name the audience to the issuer. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Sign-in by an OpenID Connect issuer. */
export interface Oidc {
  readonly verifier: OidcVerifier;
  readonly signIn: SignIn;
}

/** A configured connector, as the API tells of it. */
export interface ConnectorInfo {
  readonly name: string;
  readonly kind: string;
  readonly port: string;
  readonly mode: Mode;
}

export interface ApiDeps {
  readonly db: Database;
  /** A pool of its own for webhooks, so that a slow report never keeps a vendor waiting. */
  readonly hookDb: Database;
  readonly tokens: readonly ApiToken[];
  /** `null`: static tokens only. */
  readonly oidc: Oidc | null;
  /** Verifiers by connector name, for the kinds that send webhooks. */
  readonly verifiers: ReadonlyMap<string, { readonly kind: string; readonly verify: HookVerifier }>;
  readonly connectors: readonly ConnectorInfo[];
  /** The policy in force: what new cases are opened under. */
  readonly policy: Policy;
  readonly terms: CaseTerms;
  /** The connectors that rules ask about (see `RuleContext`). */
  readonly rules: { readonly carrier: string | null; readonly inventory: string | null };
  /** Who signs checkpoints and packs; absent: nobody does, and nothing is exported. */
  readonly keys?: KeyRing;
  /** The configured name of the log; absent or `null`: the one it has. */
  readonly ledgerOrigin?: string | null;
  /** Says since when a checkpoint existed; absent or `null`: nobody is asked. */
  readonly stampAuthority?: StampAuthority | null;
  /** Where documents lie that are not in the database; absent or `null`: nowhere else. */
  readonly documents?: DocumentPlace | null;
  /** The codec of the installation's Temporal payloads; `null` = the codec endpoint is not available. */
  readonly codec: PayloadCodec | null;
  /** Origin of the Temporal UI that may use the codec from a browser; `null` = none. */
  readonly codecOrigin: string | null;
  /** How much of a vendor's file is taken. Default: `DEFAULT_LIMITS`. */
  readonly importLimits?: ImportLimits;
  /** How long a confirmation waits for what an inventory is just being asked, milliseconds. Default: 15 seconds. */
  readonly answerPatienceMs?: number;
  readonly log: Logger;
  readonly clock: () => Date;
  /** `false` while the process drains. Default: always accepting. */
  readonly isAccepting?: () => boolean;
  /** Checks each answer against its published schema; for tests. */
  readonly checkAnswers?: boolean;
}
