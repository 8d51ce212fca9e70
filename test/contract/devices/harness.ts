/** What the device manager suite needs to know of a vendor's simulator. */
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { DeviceManager } from '../../../src/adapters/devices/port.ts';
import type { Match, TestSandbox } from '../support/planted.ts';

/** How a simulated device behaves: fast unless said otherwise. */
export interface Behaviour {
  readonly online?: boolean;
  readonly wipe?: 'done' | 'failed' | 'vanish' | 'never';
  /** From the request until the vendor shows the command, ms. */
  readonly lagMs?: number;
  /** From the device's contact until the command has run, ms. */
  readonly ackMs?: number;
  /** The record remembers a wipe of a year ago that was done. */
  readonly staleDone?: boolean;
  readonly retire?: 'done' | 'failed' | 'never';
  /** The holder has the Activation Lock on. */
  readonly activationLock?: boolean;
  /** How lifting it ends. */
  readonly bypass?: 'done' | 'failed';
}

export interface DeviceHarness {
  readonly sandbox: TestSandbox;
  /** Credentials that must never show in an error. */
  readonly secrets: readonly string[];
  manager(options?: { readonly timeoutMs?: number; readonly baseUrl?: string }): DeviceManager;
  /** The name of the identity connector in company documents, and of this vendor. */
  readonly people: string;
  readonly mdm: string;
  seed(company: CompanyInput): Promise<void>;
  /** The MDM's id of a device's current record. */
  idOf(device: string): Promise<string>;
  /** The id of a person that the MDM is asked by. */
  personId(key: string): Promise<string>;
  readonly unknownId: string;
  /** What a device or its holder does. */
  act(device: string, act: 'online' | 'offline' | 'restart' | 'unlock' | 'vanish' | 'enrol'): Promise<void>;
  /** What the hardware is like, whatever the vendor says of it. */
  hardware(device: string): Promise<{
    readonly wiped: boolean;
    readonly locked: boolean;
    readonly activationLocked: boolean;
    readonly esim: 'present' | 'erased' | null;
  }>;
  /** More devices than fit on one page. */
  readonly severalPages: number;
  readonly requests: {
    readonly readDevice: Match;
    readonly listDevices: Match;
    readonly laterDevices: Match;
    readonly listOfPerson: Match;
    readonly wipe: Match;
    readonly retire: Match;
    readonly lock: Match;
    readonly releaseActivationLock: Match;
    readonly releaseAutopilot: Match;
    readonly removeRecord: Match;
  };
  /** The kind under which the simulator counts wipes. */
  readonly wipeEffect: string;
  /** The same of the others. */
  readonly effects: {
    readonly retire: string;
    readonly lock: string;
    readonly releaseActivationLock: string;
    readonly releaseAutopilot: string;
    readonly removeRecord: string;
  };
  /** What the vendor keeps of a device that nobody may see: a lock's PIN, a bypass code. */
  secretsOf(device: string): Promise<readonly string[]>;
  /** The parameters that a counted wipe must show, for `{keepUserData: false, keepEnrollmentData: false}`. */
  readonly wipeParams: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}
