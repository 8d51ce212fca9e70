/** Every route of the REST interface, one file per resource. */
import type { Route } from '../route.ts';
import { ACTOR_ROUTES } from './actors.ts';
import { BACKFILL_ROUTES } from './backfills.ts';
import { CASE_ROUTES } from './cases.ts';
import { CODEC_ROUTES } from './codec.ts';
import { DEADLINE_ROUTES } from './deadlines.ts';
import { DECISION_ROUTES } from './decisions.ts';
import { DEVICE_ROUTES } from './devices.ts';
import { DOCK_ROUTES } from './dock.ts';
import { DOCK_INVENTORY_ROUTES } from './dock-inventory.ts';
import { EVIDENCE_ROUTES } from './evidence.ts';
import { EVIDENCE_PACK_ROUTES } from './evidence-packs.ts';
import { EVIDENCE_PERIOD_ROUTES } from './evidence-periods.ts';
import { EXCEPTION_ROUTES } from './exceptions.ts';
import { TICKET_ROUTES } from './tickets.ts';
import { HOLD_ROUTES } from './holds.ts';
import { IMPORT_QUEUE_ROUTES } from './import-queue.ts';
import { IMPORT_ROUTES } from './imports.ts';
import { INBOX_ROUTES } from './inbox.ts';
import { INSTALLATION_ROUTES } from './installation.ts';
import { MAPPING_ROUTES } from './mappings.ts';
import { LEDGER_ROUTES } from './ledger.ts';
import { ME_ROUTES } from './me.ts';
import { NOTIFICATION_ROUTES } from './notifications.ts';
import { PEOPLE_ROUTES } from './people.ts';
import { PICKUP_ROUTES } from './pickups.ts';
import { RECONCILIATION_ROUTES } from './reconciliations.ts';
import { RETIREMENT_ROUTES } from './retirements.ts';
import { RETURN_ROUTES } from './returns.ts';
import { STUCK_ROUTES } from './stuck.ts';
import { VENDOR_ROUTES } from './vendors.ts';

export const ROUTES: readonly Route[] = [
  ...CASE_ROUTES,
  ...STUCK_ROUTES,
  ...BACKFILL_ROUTES,
  ...DEVICE_ROUTES,
  ...RETIREMENT_ROUTES,
  ...RETURN_ROUTES,
  ...EVIDENCE_ROUTES,
  ...EVIDENCE_PACK_ROUTES,
  ...EVIDENCE_PERIOD_ROUTES,
  ...DECISION_ROUTES,
  ...HOLD_ROUTES,
  ...EXCEPTION_ROUTES,
  ...TICKET_ROUTES,
  ...PICKUP_ROUTES,
  ...MAPPING_ROUTES,
  ...IMPORT_QUEUE_ROUTES,
  ...IMPORT_ROUTES,
  ...DOCK_ROUTES,
  ...DOCK_INVENTORY_ROUTES,
  ...DEADLINE_ROUTES,
  ...RECONCILIATION_ROUTES,
  ...VENDOR_ROUTES,
  ...PEOPLE_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...INBOX_ROUTES,
  ...INSTALLATION_ROUTES,
  ...LEDGER_ROUTES,
  ...ME_ROUTES,
  ...ACTOR_ROUTES,
  ...CODEC_ROUTES,
];
