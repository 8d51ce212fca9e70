/** Whether the OpenID Connect issuer can be asked for its keys, and what static tokens still decide beside it. */
import { issuerKeys } from '../../../api/oidc/issuer-keys.ts';
import type { Config } from '../../../config/load.ts';
import type { Role } from '../../../config/schema.ts';
import { reasonOf } from '../../errors.ts';
import type { Check } from './check.ts';

/** Roles whose decisions need a person: a token that several people share is none. */
const OF_PERSONS: readonly Role[] = ['approver', 'legal', 'admin'];
/** Of no key: asking for it reads discovery and keys, and finds nothing. */
const ABSENT = { alg: 'RS256', kid: 'handback-doctor' };

export async function checkIssuer({ oidc, tokens }: Config): Promise<readonly Check[]> {
  if (oidc === undefined) {
    const detail = 'none: whoever has a static token is who decides; set oidc in the configuration';
    return [{ name: 'sign-in', standing: 'warning', detail }];
  }
  const deciding = tokens.filter(({ roles }) => roles.some((role) => OF_PERSONS.includes(role)));
  const names = deciding.map(({ id }) => id).join(', ');
  return [
    await reach(oidc),
    ...(deciding.length === 0
      ? []
      : [
          {
            name: 'tokens that decide',
            standing: 'warning',
            detail: `${names}: the same person could decide as two; let people sign in, and take these roles away`,
          } as const,
        ]),
  ];
}

async function reach(oidc: NonNullable<Config['oidc']>): Promise<Check> {
  const name = 'sign-in';
  const { issuer } = oidc;
  try {
    await issuerKeys(oidc)(ABSENT, { payload: '', signature: '' });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (error instanceof Error && error.name === 'IssuerUnavailable') {
      const detail = `${issuer} gives no keys (${reasonOf(cause)}): check the address, exactly as the issuer names itself`;
      return { name, standing: 'failed', detail };
    }
    if (error instanceof Error && error.name === 'PairwiseSubjects') {
      const detail = `${issuer} gives one person another sub for each client, so nobody is let in: name a claim that stays (oidc.subjectClaim)`;
      return { name, standing: 'failed', detail };
    }
  }
  return { name, standing: 'ok', detail: `${issuer} answers, with its keys` };
}
