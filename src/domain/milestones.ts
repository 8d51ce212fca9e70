/** Milestones: what reviewers read instead of gates. */
import type { CaseState } from './case-state.ts';
import { isThrough } from './gates.ts';
import type { DeviceGate, GateStatus } from './gates.ts';

/** When each was reached, ISO 8601 UTC; `null` while it was not. */
export interface Milestones {
  readonly accessSecured: string | null;
  readonly dataSecured: string | null;
  readonly recovered: string | null;
  readonly closed: string | null;
}

export interface GatesOfCase {
  readonly state: CaseState;
  readonly gates: readonly GateStatus[];
  /** Of each custody that it opened. */
  readonly custodies: readonly { readonly gates: readonly GateStatus[] }[];
}

/** A leaver without devices has data secured and all recovered once discovery has shown so. */
export function milestones({ state, gates, custodies }: GatesOfCase): Milestones {
  const discovery = gates.find((gate) => gate.gate === 'discovery');
  const access = gates.find((gate) => gate.gate === 'access-cut');
  const discovered = discovery !== undefined && isThrough(discovery.state) ? discovery.since : null;
  const expected = state.concluded?.data.devices.length ?? 0;
  const whenAll = (gate: DeviceGate): string | null => {
    if (discovered === null || custodies.length < expected) return null;
    const found = custodies.map((one) => one.gates.find((status) => status.gate === gate));
    if (!found.every((status) => status !== undefined && isThrough(status.state))) return null;
    return [discovered, ...found.map((status) => status?.since ?? discovered)].toSorted().at(-1) ?? null;
  };
  return {
    accessSecured: access !== undefined && isThrough(access.state) ? access.since : null,
    dataSecured: whenAll('wipe'),
    recovered: whenAll('return'),
    closed: state.completed?.at ?? null,
  };
}
