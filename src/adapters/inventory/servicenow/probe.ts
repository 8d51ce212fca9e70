/** What `handback doctor` asks: reachability, permissions, columns and states, without changing anything. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import { ASSET_OUTCOMES } from '../port.ts';
import type { Choices } from './choices.ts';
import type { ServiceNowClient } from './client.ts';
import { load } from './choices.ts';
import { assetFields, statesOf } from './map.ts';
import { ASSETS } from './read.ts';

export async function probe(
  client: ServiceNowClient,
  options?: CallOptions,
): Promise<{ readonly missing: readonly string[] }> {
  const { settings } = client;
  const missing: string[] = [];
  const wanted = async <T>(permission: string, call: () => Promise<T>): Promise<T | null> => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'refused') throw error;
      missing.push(permission);
      return null;
    }
  };
  const list = (table: string, fields: readonly string[]) =>
    wanted(`read ${table}`, () => client.page({ operation: 'probe', table, query: '', fields }, 0, options));
  const assets = await list(ASSETS, assetFields(settings));
  const [row] = assets?.rows ?? [];
  // An instance leaves columns out of its answer that it does not have.
  if (row !== undefined) {
    const unknown = assetFields(settings).filter((field) => row[field] === undefined);
    missing.push(...unknown.map((field) => `column ${field}`));
  }
  await list('sys_user', ['email']);
  if (settings.licences !== 'ignore') await list('alm_entitlement_asset', ['allocated_to']);
  const choices = await wanted('read sys_choice', () => load(client, options));
  if (choices !== null) missing.push(...missingStates(client, choices));
  return { missing };
}

function missingStates({ settings }: ServiceNowClient, choices: Choices): readonly string[] {
  const { left } = settings.states;
  return [
    ...ASSET_OUTCOMES.map((outcome) => statesOf(outcome, settings)),
    ...(left === undefined ? [] : [left]),
  ]
    .filter((name) => choices.valuesOf(name) === null)
    .map((name) => `state "${name}"`);
}
