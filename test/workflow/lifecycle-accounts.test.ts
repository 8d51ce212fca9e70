import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsAt } from '../../src/activities/person-accounts.ts';
import { takeHint } from '../../src/activities/lifecycle.ts';
import type { DirectoryPerson } from '../../src/adapters/identity/port.ts';
import type { Database } from '../../src/store/database.ts';
import { readIdentity } from '../../src/store/people.ts';
import { account, hint, intakeBench, take } from '../support/engine/intake-bench.ts';
import type { IntakeBench } from '../support/engine/intake-bench.ts';
import { testVault } from '../support/person-keys.ts';

/** What an erasure leaves of the person's row. */
async function writeEmptied(db: Database, personId: string): Promise<void> {
  await db
    .updateTable('persons')
    .set({ employee_number_index: null, work_email_index: null, erased_at: new Date() })
    .where('id', '=', personId)
    .execute();
}

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

  it('bring nobody back who was erased, until the account is active again', async () => {
    const { db, context } = bench;
    await ask(account('eve'), []);
    const linked = () => db.selectFrom('person_links').select('person_id').where('external_id', '=', 'eve');
    const { person_id: personId } = await linked().executeTakeFirstOrThrow();
    const commitment = testVault.commitment('account', 'eve');
    await db
      .insertInto('person_tombstones')
      .values({ kind: 'account', connector: 'okta', commitment, person_id: personId })
      .execute();
    await db.deleteFrom('person_links').where('external_id', '=', 'eve').execute();
    await writeEmptied(db, personId);
    bench.okta.accounts.set('eve', account('eve', { state: 'deactivated' }));
    const leaver = hint('leaver', 'eve', '2026-03-03T09:00:00.000Z');
    expect(await takeHint(context, 'okta', leaver)).toBe('erased');
    const events = db.selectFrom('lifecycle_events').select('outcome').where('event_id', '=', leaver.eventId);
    expect([await linked().execute(), await events.execute()]).toEqual([[], []]);
    bench.okta.accounts.set('eve', account('eve'));
    expect(await takeHint(context, 'okta', hint('rehire', 'eve', '2026-03-04T09:00:00.000Z'))).toBe('taken');
    expect((await linked().executeTakeFirstOrThrow()).person_id).not.toBe(personId);
  });

  it('cannot be told when what a key finds may be somebody else’s', async () => {
    const other = account('x', { workEmail: 'ada@example.com' });
    expect(await ask(account('ada'), [other])).toEqual({ ids: [], unclear: true });
  });
});
