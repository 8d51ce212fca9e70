/**
 * The instance's own states and substates: read from its choice lists, since values and labels are an administrator's. A
 * table's own list of a column hides its parent's.
 */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions } from '../../read-options.ts';
import type { ServiceNowClient, TableQuery } from './client.ts';
import { valueOf } from './schema.ts';

/** What is stored for a state. */
export interface StateValues {
  readonly state: string;
  readonly substate: string;
}

export interface Choices {
  /** Of `State` or `State / Substate`; `null` when the instance has none of that name. */
  valuesOf(name: string): StateValues | null;
  /** `State` or `State / Substate`, in the configured language; the values themselves where they have no label. */
  labelOf(values: StateValues): string;
}

/** How long what was read is taken for true: choice lists change when somebody changes the process. */
const FRESH_MS = 10 * 60_000;

/** Between a state and its substate, where both are named in one text. */
export const SEPARATOR = ' / ';

const TABLES = ['alm_hardware', 'alm_asset'] as const;

export interface ChoiceReader {
  read(options?: CallOptions): Promise<Choices>;
}

export function createChoiceReader(client: ServiceNowClient): ChoiceReader {
  let known: { readonly choices: Choices; readonly until: number } | null = null;
  return {
    async read(options) {
      const now = client.clock().getTime();
      if (known !== null && now < known.until) return known.choices;
      const choices = await load(client, options);
      known = { choices, until: now + FRESH_MS };
      return choices;
    },
  };
}

export async function load(client: ServiceNowClient, options?: CallOptions): Promise<Choices> {
  const states = await entries(client, 'install_status', options);
  if (states.length === 0) {
    throw new ConnectorError('refused', client.connector, 'read choices', { vendorCode: 'CHOICES_MISSING' });
  }
  return choicesOf(states, await entries(client, 'substatus', options));
}

interface Entry {
  readonly value: string;
  readonly label: string;
  readonly dependsOn: string;
}

async function entries(
  client: ServiceNowClient,
  element: string,
  options?: CallOptions,
): Promise<readonly Entry[]> {
  const { language } = client.settings;
  for (const table of TABLES) {
    const wanted = {
      operation: 'read choices',
      table: 'sys_choice',
      query: `name=${table}^element=${element}^language=${language}^inactive=false`,
      fields: ['name', 'element', 'value', 'label', 'dependent_value', 'language', 'inactive'],
    } satisfies TableQuery;
    const rows = await client.all(
      wanted,
      (row) =>
        valueOf(row, 'name') === table &&
        valueOf(row, 'element') === element &&
        valueOf(row, 'language') === language,
      options,
    );
    if (rows.length === 0) continue;
    return rows.map((row) => ({
      value: valueOf(row, 'value'),
      label: valueOf(row, 'label'),
      dependsOn: valueOf(row, 'dependent_value'),
    }));
  }
  return [];
}

function choicesOf(states: readonly Entry[], substates: readonly Entry[]): Choices {
  return {
    valuesOf(name) {
      const [state, substate] = name.split(SEPARATOR);
      const found = states.find((one) => one.label === state);
      if (found === undefined) return null;
      if (substate === undefined) return { state: found.value, substate: '' };
      const under = substates.find((one) => one.label === substate && belongs(one, found.value));
      return under === undefined ? null : { state: found.value, substate: under.value };
    },
    labelOf({ state, substate }) {
      const name = states.find((one) => one.value === state)?.label ?? state;
      if (substate === '') return name;
      const under = substates.find((one) => one.value === substate && belongs(one, state));
      return `${name}${SEPARATOR}${under?.label ?? substate}`;
    },
  };
}

/** A substate without a state of its own belongs to all. */
function belongs({ dependsOn }: Entry, state: string): boolean {
  return dependsOn === '' || dependsOn === state;
}
