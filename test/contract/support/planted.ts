/** A running sandbox of several instances, for suites that hold answers back and count requests by their purpose. */
import { createServer } from 'node:http';
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { Effect } from '../../../sandbox/core/effects.ts';
import type { RequestFault } from '../../../sandbox/core/faults.ts';
import { close, listen } from '../../../sandbox/core/http.ts';
import { startInstances } from '../../../sandbox/core/start.ts';
import type { InstanceSpec, Sandbox } from '../../../sandbox/core/start.ts';
import type { SimulatorMap } from '../../../sandbox/core/simulator.ts';
import { controlClient } from '../../../sandbox/core/testing.ts';
import type { ControlClient } from '../../../sandbox/core/testing.ts';

/** Which requests a fault meets: method, and a regular expression over path and query. */
export interface Match {
  readonly method?: string;
  readonly path?: string;
}

export interface Planted {
  /** How many requests it met. */
  hits(): Promise<number>;
  /** How many answers it holds back now. */
  held(): Promise<number>;
  release(as: 'answer' | 'drop'): Promise<void>;
  remove(): Promise<void>;
}

export interface TestSandbox {
  readonly urls: Sandbox['urls'];
  readonly control: ControlClient;
  seed(company: CompanyInput): Promise<void>;
  /** Meets `times` requests that match; all of them when left out. */
  plant(match: Match, fault: RequestFault, times?: number): Promise<Planted>;
  /** Counts the requests that match, from now on, and changes nothing about them. */
  count(match: Match): Promise<Planted>;
  effects(kind?: string): Promise<readonly Effect[]>;
  stop(): Promise<void>;
}

/** Starts instances on free ports. Stop it at the end. */
export async function startTestSandbox(
  instances: readonly InstanceSpec[],
  simulators: SimulatorMap,
): Promise<TestSandbox> {
  const sandbox = await startInstances({ controlPort: 0, instances, simulators });
  const control = controlClient(sandbox.controlUrl);

  async function plant(match: Match, fault: RequestFault, times?: number): Promise<Planted> {
    const { id } = await control.post<{ id: string }>('/faults', {
      match,
      fault,
      ...(times === undefined ? {} : { times }),
    });
    const show = async (): Promise<{ hits: number; held: number }> => {
      const { faults } = await control.get<{ faults: { id: string; hits: number; held: number }[] }>(
        '/faults',
      );
      return faults.find((each) => each.id === id) ?? { hits: 0, held: 0 };
    };
    return {
      hits: async () => (await show()).hits,
      held: async () => (await show()).held,
      release: async (as) => void (await control.post(`/faults/${id}/release`, { as })),
      remove: () => control.delete(`/faults/${id}`),
    };
  }

  return {
    urls: sandbox.urls,
    control,
    seed: async (company) => void (await control.post('/company', company)),
    plant,
    count: (match) => plant(match, { type: 'latency', ms: 0 }),
    effects: async (kind) => {
      const { effects } = await control.get<{ effects: Effect[] }>(
        `/effects${kind === undefined ? '' : `?kind=${encodeURIComponent(kind)}`}`,
      );
      return effects;
    },
    stop: () => sandbox.stop(),
  };
}

/** A loopback URL where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server, '127.0.0.1', 0);
  await close(server);
  return `http://127.0.0.1:${port}`;
}
