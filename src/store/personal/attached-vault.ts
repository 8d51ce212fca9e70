/** A database and the vault that opens what people's rows hold go together: a transaction knows its database's. */
import type { Kysely, KyselyPlugin } from 'kysely';
import type { PersonVault } from './vault.ts';

/** A query or a write about people on a database that was opened without their keys. */
export class NoPersonKeys extends Error {
  override readonly name = 'NoPersonKeys';

  constructor() {
    super('the keys of people are not there: this database was opened without them');
  }
}

/** Changes nothing about queries: it only carries the vault. */
class VaultCarrier implements KyselyPlugin {
  readonly vault: PersonVault;

  constructor(vault: PersonVault) {
    this.vault = vault;
  }

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => node;
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}

export function carrying(vault: PersonVault): KyselyPlugin {
  return new VaultCarrier(vault);
}

/** @throws NoPersonKeys */
export function vaultOf<T>(db: Kysely<T>): PersonVault {
  for (const plugin of db.getExecutor().plugins) if (plugin instanceof VaultCarrier) return plugin.vault;
  throw new NoPersonKeys();
}
