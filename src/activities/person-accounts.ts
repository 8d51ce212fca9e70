/** A person's accounts at the providers, and whether the person is still here by the providers' own state. */
import type { PersonKeys } from '../adapters/inventory/port.ts';
import type { DirectoryPerson, IdentityProvider } from '../adapters/identity/port.ts';
import { presence } from '../domain/gone.ts';
import type { PresenceReading } from '../domain/gone.ts';
import { linkPerson } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import type { EngineContext } from './context.ts';
import { sharing } from './sharing.ts';
import { inTransaction } from '../store/transactions.ts';

/** A person's accounts at one provider, as far as they can be told. */
export interface KnownAccounts {
  readonly ids: readonly string[];
  /**
   * The provider may know the person by an account that is not among `ids`: there is no key to look them up by, or an
   * account that a key finds cannot be told to be theirs. "None" is then no answer.
   */
  readonly unclear: boolean;
}

/**
 * The person's account ids at an identity connector: those linked, else those that a live look-up by the linking keys finds,
 * which are then linked. No ids and not `unclear` means that the provider, asked now, knows no such person.
 */
export async function accountsAt(
  context: EngineContext,
  connector: string,
  provider: IdentityProvider,
  person: PersonIdentity,
): Promise<KnownAccounts> {
  const linked = person.accounts
    .filter((account) => account.connector === connector)
    .map((account) => account.externalId);
  if (linked.length > 0) return { ids: linked, unclear: false };
  const { employeeNumber, workEmail } = person;
  if (employeeNumber === null && workEmail === null) return { ids: [], unclear: true };
  return lookUp(context, `${connector}:${person.personId}`, () =>
    lookUpAccounts(context, connector, provider, person),
  );
}

/** Sources are asked side by side, and several need the same account. */
const lookUp = sharing<KnownAccounts>();

async function lookUpAccounts(
  context: EngineContext,
  connector: string,
  provider: IdentityProvider,
  person: PersonIdentity,
): Promise<KnownAccounts> {
  const { employeeNumber, workEmail } = person;
  const found = await provider.findPersons({ employeeNumber, workEmail });
  const ids: string[] = [];
  for (const account of found) {
    const linkedTo = await inTransaction(context.db, (tx) =>
      linkPerson(
        tx,
        { connector, externalId: account.externalId, state: account.state, leaveAt: account.leaveAt },
        { ...account, timeZone: null },
        context.linkBy,
      ),
    );
    if (linkedTo === person.personId) ids.push(account.externalId);
  }
  return { ids, unclear: ids.length < found.length };
}

/** What an inventory may know the person by. */
export function keysOf(person: PersonIdentity): PersonKeys {
  return {
    externalIds: person.accounts.map((account) => account.externalId),
    workEmail: person.workEmail,
    employeeNumber: person.employeeNumber,
  };
}

/** An account at a provider, read live; `null` when the provider no longer has it. */
export interface ReadAccount {
  readonly connector: string;
  readonly goneRule: IdentityProvider['goneRule'];
  readonly account: DirectoryPerson | null;
}

/** The person's linked accounts, read live from every provider that knows them. */
export async function readAccounts(
  context: EngineContext,
  person: PersonIdentity,
): Promise<readonly ReadAccount[]> {
  const read: ReadAccount[] = [];
  for (const { name, port } of context.connectors.identity.values())
    for (const { connector, externalId } of person.accounts)
      if (connector === name)
        read.push({ connector, goneRule: port.goneRule, account: await port.readPerson(externalId) });
  return read;
}

/** Every work address and login that is known of the person. */
export function addressesOf(person: PersonIdentity, accounts: readonly ReadAccount[]): readonly string[] {
  const known = accounts.flatMap(({ account }) => [account?.workEmail, account?.login]);
  const addresses = [person.workEmail, ...known].flatMap((text) =>
    typeof text === 'string' && text.includes('@') ? [text] : [],
  );
  return [...new Set(addresses)];
}

/**
 * Whether the person is gone, by their accounts as just read.
 *
 * @param leaveAt The case's effective leave, when HR or an operator gave it; `null` when only a provider's event did.
 */
export function presenceOf(
  context: EngineContext,
  accounts: readonly ReadAccount[],
  leaveAt: number | null,
): 'gone' | 'present' {
  const readings = accounts.map(({ connector, goneRule, account }): PresenceReading => {
    const left = account?.leaveAt ?? null;
    return {
      connector,
      rule: goneRule,
      state: account?.state ?? 'deleted',
      leaveAt: left === null ? null : Date.parse(left),
    };
  });
  return presence(readings, leaveAt, context.clock().getTime());
}
