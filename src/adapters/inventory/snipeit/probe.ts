/** What `handback doctor` asks: reachability and permissions, without changing anything. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { SnipeitClient } from './client.ts';
import { labelId } from './close.ts';
import { AssetRow, LicenceRow, UserRow } from './schema.ts';

export async function probe(
  client: SnipeitClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const missing: string[] = [];
  const wanted = async (permission: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(permission);
    }
  };
  await wanted('view assets', async () => {
    const { rows } = await client.page(
      { operation: 'list assets', path: '/hardware', row: AssetRow },
      0,
      options,
    );
    const [row] = rows;
    if (row?.available_actions?.update === false) missing.push('edit assets');
    if (row?.available_actions?.checkin === false) missing.push('check in assets');
  });
  await wanted('view users', () =>
    client.page({ operation: 'list users', path: '/users', row: UserRow }, 0, options),
  );
  await wanted(`status label "${client.settings.labels.disposed}"`, () =>
    labelId(client, client.settings.labels.disposed, options),
  );
  if (client.settings.licences !== 'ignore') {
    const licences = { operation: 'list licences', path: '/licenses', row: LicenceRow };
    await wanted('view licences', async () => {
      const [row] = (await client.page(licences, 0, options)).rows;
      const isReleased = client.settings.licences === 'release';
      if (isReleased && row?.available_actions?.checkout === false) missing.push('check out licences');
    });
  }
  const { left } = client.settings.labels;
  if (left !== undefined) await wanted(`status label "${left}"`, () => labelId(client, left, options));
  return { missing };
}
