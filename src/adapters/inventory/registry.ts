/** Every inventory adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import type { Inventory } from './port.ts';
import { createLansweeper, LansweeperSettings } from './lansweeper/index.ts';
import { createServiceNow, ServiceNowSettings } from './servicenow/index.ts';
import { createSnipeit, SnipeitSettings } from './snipeit/index.ts';
import { createSql, SqlSettings } from './sql/index.ts';

export const INVENTORIES = {
  lansweeper: adapter({ settings: LansweeperSettings, create: createLansweeper }),
  servicenow: adapter({ settings: ServiceNowSettings, create: createServiceNow }),
  snipeit: adapter({ settings: SnipeitSettings, create: createSnipeit }),
  sql: adapter({ settings: SqlSettings, create: createSql }),
} satisfies Readonly<Record<string, AdapterEntry<Inventory>>>;
