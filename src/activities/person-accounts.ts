/** A person's accounts at the providers, and whether the person is still here by the providers' own state. */
import type { PersonKeys } from '../adapters/inventory/port.ts';
import type { IdentityProvider } from '../adapters/identity/port.ts';
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

/**
 * Whether the person is gone, read live from every provider that knows them.
 *
 * @param leaveAt The case's effective leave, when HR or an operator gave it; `null` when only a provider's event did.
 */
export async function readPresence(
  context: EngineContext,
  person: PersonIdentity,
  leaveAt: number | null,
): Promise<'gone' | 'present'> {
  const readings: PresenceReading[] = [];
  for (const { name, port } of context.connectors.identity.values()) {
    for (const id of person.accounts
      .filter((account) => account.connector === name)
      .map((account) => account.externalId)) {
      const reading = await port.readPerson(id);
      const left = reading?.leaveAt ?? null;
      readings.push({
        connector: name,
        rule: port.goneRule,
        state: reading?.state ?? 'deleted',
        leaveAt: left === null ? null : Date.parse(left),
      });
    }
  }
  return presence(readings, leaveAt, context.clock().getTime());
}
