/** What the tests of the vendor simulators share: one running instance, calls to it, and a receiver of webhooks. */
import type { CompanyInput } from '../../sandbox/core/company.ts';
import type { DeliveryRecord } from '../../sandbox/core/deliveries.ts';
import type { Effect } from '../../sandbox/core/effects.ts';
import type { CreateSimulator } from '../../sandbox/core/simulator.ts';
import { startInstances } from '../../sandbox/core/start.ts';
import { startReceiver as startListening } from '../../sandbox/core/testing.ts';
import type { Received } from '../../sandbox/core/testing.ts';

/** An answer, parsed when it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As parsed, unchecked: the shape is what each test asserts. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** How to send a request. An object body is sent as JSON, a text body as it is. */
export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One running vendor. */
export interface Vendor extends AsyncDisposable {
  readonly url: string;
  /** Calls the vendor's API; `path` is relative to the listener. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** Calls the instance's control routes (POST when there is a body). */
  control(path: string, body?: unknown): Promise<Answer>;
  /** Calls the sandbox's own control routes. */
  sandbox(path: string, body?: unknown): Promise<Answer>;
  seed(company: CompanyInput): Promise<void>;
  effects(kind?: string): Promise<Effect[]>;
  deliveries(): Promise<DeliveryRecord[]>;
}

/** Starts one instance named `vendor` on free ports. `headers` go with every call to the vendor. */
export async function startVendor(
  create: CreateSimulator,
  options: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Vendor> {
  const running = await startInstances({
    controlPort: 0,
    instances: [{ kind: 'vendor', name: 'vendor', ...options }],
    simulators: { vendor: create },
  });
  const url = running.urls['vendor'] ?? '';
  const sandbox = (path: string, body?: unknown): Promise<Answer> =>
    send(`${running.controlUrl}${path}`, body === undefined ? {} : { method: 'POST', body });
  return {
    url,
    call: (path, call = {}) => send(`${url}${path}`, { ...call, headers: { ...headers, ...call.headers } }),
    control: (path, body) => sandbox(`/instances/vendor${path}`, body),
    sandbox,
    async seed(company) {
      const { status, text } = await sandbox('/company', company);
      if (status !== 200) throw new Error(text);
    },
    async effects(kind) {
      return (await sandbox(`/effects${kind === undefined ? '' : `?kind=${kind}`}`)).body.effects;
    },
    async deliveries() {
      return (await sandbox('/deliveries')).body.deliveries;
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** A listener for webhooks. It answers `answers` in turn, then 204. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  readonly answers: number[];
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const receiver = await startListening();
  const answers: number[] = [];
  receiver.answer = () => ({ status: answers.shift() ?? 204 });
  return {
    url: receiver.url,
    received: receiver.received,
    answers,
    [Symbol.asyncDispose]: () => receiver.stop(),
  };
}

async function send(url: string, { method, body, headers }: CallOptions): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...headers },
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? JSON.parse(text) : undefined,
  };
}
