/** The configured connectors, each behind its port: what activities ask for by name. */
import type { Carrier } from './carrier/port.ts';
import type { DeviceManager } from './devices/port.ts';
import type { DispositionVendor } from './disposition/port.ts';
import type { EnrolmentProgramme } from './enrolment/port.ts';
import type { HoldSource } from './holds/port.ts';
import type { HrSystem } from './hr/port.ts';
import type { IdentityProvider } from './identity/port.ts';
import type { Inventory } from './inventory/port.ts';
import type { Notifier } from './notify/port.ts';
import type { Mode as ConnectorMode } from '../domain/modes.ts';
import type { HookReader } from './webhook.ts';

export type { Mode as ConnectorMode } from '../domain/modes.ts';

export interface Connected<Port> {
  readonly name: string;
  readonly mode: ConnectorMode;
  readonly port: Port;
  /** Reads what a webhook left in the inbox, where the kind sends any. */
  readonly reader: HookReader | null;
}

export interface ConnectedDevices extends Connected<DeviceManager> {
  /** The identity connector whose ids this device manager knows people by. */
  readonly peopleFrom: string;
}

export interface Connectors {
  readonly identity: ReadonlyMap<string, Connected<IdentityProvider>>;
  readonly devices: ReadonlyMap<string, ConnectedDevices>;
  readonly enrolment: ReadonlyMap<string, Connected<EnrolmentProgramme>>;
  readonly inventory: ReadonlyMap<string, Connected<Inventory>>;
  readonly disposition: ReadonlyMap<string, Connected<DispositionVendor>>;
  readonly carrier: ReadonlyMap<string, Connected<Carrier>>;
  readonly holds: ReadonlyMap<string, Connected<HoldSource>>;
  readonly hr: ReadonlyMap<string, Connected<HrSystem>>;
  readonly notify: ReadonlyMap<string, Connected<Notifier>>;
}
