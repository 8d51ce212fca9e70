/** A program under measurement, as the outside world meets it: the driver treats both alike. */

/** How far one leaver's device is. `id` is what this program calls the device. */
export interface DeviceProgress {
  readonly id: string;
  readonly serial: string;
  /** `open`: found, on its way back and being wiped; `staged`: wiped and back; `closed`: in the books as disposed. */
  readonly state: 'open' | 'staged' | 'closed';
  /** The leaver's whole offboarding is completed. */
  readonly completed: boolean;
}

export interface SystemProcess {
  readonly name: 'api' | 'worker';
  readonly pid: number;
  requests(): Promise<Readonly<Record<string, number>>>;
}

export interface System {
  readonly name: 'engine' | 'straightforward';
  /** Starts its processes. Only one system runs at a time. */
  start(): Promise<readonly SystemProcess[]>;
  stop(): Promise<void>;
  /** The devices whose serials begin so; those not found yet are left out. One query. */
  progress(serialPrefix: string): Promise<readonly DeviceProgress[]>;
  /** The dock takes a returned device in. */
  scanIn(device: DeviceProgress): Promise<void>;
  createPickup(devices: readonly DeviceProgress[]): Promise<string>;
  /** Whether the vendor has the manifest, and whether the vendor's scan has come in. One query. */
  pickup(pickupId: string): Promise<{ readonly isBooked: boolean; readonly isVendorScanned: boolean }>;
  dockScan(pickupId: string, serial: string): Promise<void>;
  /** Whatever each program asks for before units leave; `serials` are what stands on the dock. */
  confirm(pickupId: string, serials: readonly string[]): Promise<void>;
  /** Ids of the workflows of these devices and pickups, by what they follow. */
  workflows(
    serialPrefix: string,
    pickupIds: readonly string[],
  ): Promise<Readonly<Record<string, readonly string[]>>>;
  /** What devices that are not completed wait for, for the message of a round that does not end. */
  explain(serialPrefix: string): Promise<readonly string[]>;
  /** Transactions committed in its database so far. */
  transactions(): Promise<number>;
}
