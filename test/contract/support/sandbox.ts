/** One simulator on free ports, and the control interface to it: what every contract suite drives. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { Effect } from '../../../sandbox/core/effects.ts';
import type { CreateSimulator } from '../../../sandbox/core/simulator.ts';
import { controlClient } from '../../../sandbox/core/testing.ts';
import { startInstances } from '../../../sandbox/core/start.ts';

/** A request fault, as `POST /faults` takes it. */
export interface PlantedFault {
  readonly match?: { readonly method?: string; readonly path?: string };
  readonly fault: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly times?: number;
}

export interface VendorSandbox {
  /** Base URL of the simulated vendor. */
  readonly url: string;
  seed(company: CompanyInput): Promise<void>;
  /** Plants a fault; resolves to a function that tells how often it struck. */
  fault(fault: PlantedFault): Promise<() => Promise<number>>;
  /** What the vendor really did, in order. */
  effects(kind?: string): Promise<readonly Effect[]>;
  /** An act of somebody else, on `/instances/<name>` of the control listener. */
  act(path: string, body?: unknown): Promise<unknown>;
  look(path: string): Promise<unknown>;
  /** Every request that reached the vendor so far, as "METHOD /path?query status". */
  requests(): readonly string[];
  /** Empties state, effects and faults. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startVendor(
  kind: string,
  create: CreateSimulator,
  options: Readonly<Record<string, unknown>> = {},
): Promise<VendorSandbox> {
  const log: string[] = [];
  const sandbox = await startInstances({
    controlPort: 0,
    simulators: { [kind]: create },
    instances: [{ ...options, kind, name: kind }],
    log: (line) => {
      const request = /^\S+ ((?:GET|POST|PUT|PATCH|DELETE) .*)$/u.exec(line)?.[1];
      if (request !== undefined) log.push(request);
    },
  });

  const control = controlClient(sandbox.controlUrl);

  return {
    url: sandbox.urls[kind] ?? '',
    async seed(company) {
      await control.post('/company', company);
    },
    async fault(planted) {
      const { id } = await control.post<{ id: string }>('/faults', planted);
      return async () => {
        const { faults } = await control.get<{ faults: { id: string; hits: number }[] }>('/faults');
        return faults.find((each) => each.id === id)?.hits ?? 0;
      };
    },
    async effects(wanted) {
      const query = wanted === undefined ? '' : `?kind=${wanted}`;
      const { effects } = await control.get<{ effects: Effect[] }>(`/effects${query}`);
      return effects;
    },
    act: (path, body = {}) => control.post(`/instances/${kind}${path}`, body),
    look: (path) => control.get(`/instances/${kind}${path}`),
    requests: () => [...log],
    async reset() {
      log.length = 0;
      await control.post('/reset');
    },
    stop: () => sandbox.stop(),
  };
}

/** An address where nobody listens, but just did. */
export async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
