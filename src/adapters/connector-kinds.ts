/** Every kind of connector of every port: what the configuration is checked against, and what is made of it. */
import { z } from 'zod';
import { CARRIERS } from './carrier/registry.ts';
import type { AdapterDeps } from './clients/deps.ts';
import type { Connected, ConnectedDevices, ConnectorMode, Connectors } from './connectors.ts';
import { DEVICE_MANAGERS } from './devices/registry.ts';
import { DISPOSITION_VENDORS } from './disposition/registry.ts';
import { ENROLMENT_PROGRAMMES } from './enrolment/registry.ts';
import { HOLD_SOURCES } from './holds/registry.ts';
import { HR_SYSTEMS } from './hr/registry.ts';
import { IDENTITY_PROVIDERS } from './identity/registry.ts';
import { INVENTORIES } from './inventory/registry.ts';
import { NOTIFIERS } from './notify/registry.ts';
import type { AdapterEntry } from './registry.ts';
import type { HookVerifier } from './webhook.ts';

export const PORTS = [
  'identity',
  'devices',
  'enrolment',
  'inventory',
  'disposition',
  'carrier',
  'holds',
  'hr',
  'notify',
] as const;
export type PortName = (typeof PORTS)[number];

const REGISTRIES = {
  identity: IDENTITY_PROVIDERS,
  devices: DEVICE_MANAGERS,
  enrolment: ENROLMENT_PROGRAMMES,
  inventory: INVENTORIES,
  disposition: DISPOSITION_VENDORS,
  carrier: CARRIERS,
  holds: HOLD_SOURCES,
  hr: HR_SYSTEMS,
  notify: NOTIFIERS,
} satisfies Readonly<Record<PortName, Readonly<Record<string, AdapterEntry<unknown>>>>>;

export interface ConnectorKindEntry {
  readonly port: PortName;
  readonly settings: z.ZodType;
  readonly hooks?: { verifier(settings: unknown): HookVerifier };
}

/** By kind. A kind belongs to one port only. */
export const CONNECTOR_KINDS: Readonly<Record<string, ConnectorKindEntry>> = Object.fromEntries(
  PORTS.flatMap((port) =>
    Object.entries<AdapterEntry<unknown>>(REGISTRIES[port]).map(([kind, entry]) => [
      kind,
      { port, ...entry },
    ]),
  ),
);

/** A connector as the configuration names it. */
export interface ConnectorChoice {
  readonly name: string;
  readonly kind: string;
  readonly port: string;
  readonly mode: ConnectorMode;
  readonly settings: unknown;
}

/** The part of a device manager's settings that every kind has. */
const DeviceSettings = z.looseObject({ peopleFrom: z.string() });

/** Makes every configured connector. @throws ZodError when settings do not fit their kind. */
export function createConnectors(choices: readonly ConnectorChoice[], deps: AdapterDeps = {}): Connectors {
  return {
    identity: connected(IDENTITY_PROVIDERS, 'identity', choices, deps),
    devices: withPeople(connected(DEVICE_MANAGERS, 'devices', choices, deps), choices),
    enrolment: connected(ENROLMENT_PROGRAMMES, 'enrolment', choices, deps),
    inventory: connected(INVENTORIES, 'inventory', choices, deps),
    disposition: connected(DISPOSITION_VENDORS, 'disposition', choices, deps),
    carrier: connected(CARRIERS, 'carrier', choices, deps),
    holds: connected(HOLD_SOURCES, 'holds', choices, deps),
    hr: connected(HR_SYSTEMS, 'hr', choices, deps),
    notify: connected(NOTIFIERS, 'notify', choices, deps),
  };
}

function connected<Port>(
  registry: Readonly<Record<string, AdapterEntry<Port>>>,
  port: PortName,
  choices: readonly ConnectorChoice[],
  deps: AdapterDeps,
): ReadonlyMap<string, Connected<Port>> {
  const made = choices
    .filter((choice) => choice.port === port)
    .map(({ name, kind, mode, settings }): [string, Connected<Port>] => {
      const entry = registry[kind];
      if (entry === undefined) throw new Error(`connector ${name}: no kind ${kind} of ${port}`);
      return [
        name,
        { name, mode, port: entry.create(name, settings, deps), reader: entry.hooks?.reader ?? null },
      ];
    });
  return new Map(made);
}

function withPeople(
  devices: ReadonlyMap<string, Connected<ConnectedDevices['port']>>,
  choices: readonly ConnectorChoice[],
): ReadonlyMap<string, ConnectedDevices> {
  return new Map(
    [...devices].map(([name, device]) => {
      const { peopleFrom } = DeviceSettings.parse(choices.find((choice) => choice.name === name)?.settings);
      if (!choices.some((choice) => choice.name === peopleFrom && choice.port === 'identity'))
        throw new Error(`connector ${name}: peopleFrom names no identity connector: ${peopleFrom}`);
      return [name, { ...device, peopleFrom }];
    }),
  );
}
