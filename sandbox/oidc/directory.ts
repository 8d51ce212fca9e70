/** Who can sign in, and as what the tokens know them. */
import { stableUuid } from '../core/ids.ts';
import type { Member } from './options.ts';

export interface Account extends Member {
  /** `sub`: says nothing of who it is, and is the same on every run. */
  readonly subject: string;
  /** Cannot sign in, and gets nothing for a refresh token. Access tokens that are out hold until they expire. */
  readonly disabled: boolean;
}

export class Directory {
  readonly #instance: string;
  readonly #accounts = new Map<string, Account>();

  constructor(instance: string) {
    this.#instance = instance;
  }

  put(member: Member): Account {
    const account = { ...member, subject: stableUuid(this.#instance, member.key), disabled: false };
    this.#accounts.set(member.key, account);
    return account;
  }

  change(account: Account, change: Partial<Pick<Account, 'groups' | 'disabled'>>): Account {
    const changed = { ...account, ...change };
    this.#accounts.set(account.key, changed);
    return changed;
  }

  /** By key, subject or e-mail. */
  find(name: string): Account | undefined {
    return this.list().find((one) => [one.key, one.subject, one.workEmail].includes(name));
  }

  list(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  clear(): void {
    this.#accounts.clear();
  }
}
