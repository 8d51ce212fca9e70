/** What the enrolment suite needs to know of a programme's simulator. */
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { EnrolmentProgramme } from '../../../src/adapters/enrolment/port.ts';
import type { Match, TestSandbox } from '../support/planted.ts';

/** How a seeded device's register entry behaves: fast unless said otherwise. */
export interface Behaviour {
  readonly enrolment?: boolean;
  readonly activationLock?: boolean;
  readonly appleRequest?: 'done' | 'failed' | 'never';
  readonly lagMs?: number;
}

export interface EnrolmentHarness {
  readonly sandbox: TestSandbox;
  /** Texts that must never show in an error. */
  readonly secrets: readonly string[];
  programme(options?: { readonly timeoutMs?: number; readonly baseUrl?: string }): EnrolmentProgramme;
  seed(company: CompanyInput): Promise<void>;
  /** What people do with a device elsewhere. */
  act(device: string, act: 'release' | 'add' | 'lock' | 'lock-by-manager' | 'unlock'): Promise<void>;
  readonly requests: { readonly read: Match; readonly lock: Match; readonly submit: Match };
  readonly effects: { readonly unassign: string; readonly release: string };
  stop(): Promise<void>;
}

/** Two Macs, one of them bought elsewhere, and a laptop of another maker. */
export function company(behaviour: Behaviour = {}): CompanyInput {
  const device = (key: string, serial: string, over: object = {}) => ({
    key,
    serial,
    manufacturer: 'Apple',
    model: 'MacBook Pro',
    platform: 'macos' as const,
    behaviour: { lagMs: 0, ...behaviour },
    ...over,
  });
  return {
    people: [],
    devices: [
      device('mac', 'C02ADA0001'),
      device('longer', 'C02ADA00019'),
      device('elsewhere', 'C02ELSE001', { behaviour: { enrolment: false } }),
      device('private', 'F17ADA0002', { ownership: 'personal' }),
    ],
  };
}
