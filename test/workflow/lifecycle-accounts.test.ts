import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsAt } from '../../src/activities/person-accounts.ts';
import type { DirectoryPerson } from '../../src/adapters/identity/port.ts';
import { readIdentity } from '../../src/store/people.ts';
import { account, hint, intakeBench, take } from '../support/engine/intake-bench.ts';
import type { IntakeBench } from '../support/engine/intake-bench.ts';

describe('a person’s accounts at a provider', () => {
  let bench: IntakeBench;

  beforeEach(async () => {
    bench = await intakeBench();
  });

  afterEach(async () => bench?.stop());

  /** Asks Entra about the person behind an Okta account, when a look-up there finds `found`. */
  const ask = async (okta: DirectoryPerson, found: readonly DirectoryPerson[]) => {
    bench.okta.accounts.set(okta.externalId, okta);
    await take(bench, 'okta', hint('joiner', okta.externalId, '2026-03-02T09:00:00.000Z'));
    const { person_id: personId } = await bench.db
      .selectFrom('person_links')
      .select('person_id')
      .where('external_id', '=', okta.externalId)
      .executeTakeFirstOrThrow();
    const provider = { ...bench.entra.connected.port, findPersons: () => Promise.resolve(found) };
    return accountsAt(bench.context, 'entra', provider, await readIdentity(bench.db, personId));
  };

  it('are those that a key finds, and clearly none when it finds none', async () => {
    expect(await ask(account('ada'), [])).toEqual({ ids: [], unclear: false });
    expect(await ask(account('bob'), [account('bob')])).toEqual({ ids: ['bob'], unclear: false });
  });

  it('cannot be told without a key', async () => {
    const keyless = account('ada', { employeeNumber: 'N/A', workEmail: null });
    expect(await ask(keyless, [])).toEqual({ ids: [], unclear: true });
  });

  it('cannot be told when what a key finds may be somebody else’s', async () => {
    const other = account('x', { workEmail: 'ada@example.com' });
    expect(await ask(account('ada'), [other])).toEqual({ ids: [], unclear: true });
  });
});
