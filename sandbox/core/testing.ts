/** For tests of simulators, here and elsewhere: a company to seed, a control client, a webhook receiver. Knows no vendor and no test runner. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { CompanyInput } from './company.ts';
import { close, listen } from './http.ts';

/** Talks to a control listener. Every call throws when it is not answered with 2xx. */
export interface ControlClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  delete(path: string): Promise<void>;
}

/** A client for `controlUrl`. Answers are JSON, or undefined where there is no body. */
export function controlClient(controlUrl: string): ControlClient {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init =
      body === undefined
        ? { method }
        : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(controlUrl + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    get: async <T>(path: string) => (await call('GET', path)) as T,
    post: async <T>(path: string, body?: unknown) => (await call('POST', path, body)) as T,
    delete: async (path) => void (await call('DELETE', path)),
  };
}

/** One request that a receiver got. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver. `answer` decides on each request; `received` is in order of arrival. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  answer: (
    request: Received,
  ) =>
    | { status: number; body?: string; contentType?: string }
    | Promise<{ status: number; body?: string; contentType?: string }>;
  stop(): Promise<void>;
}

/** Starts a receiver on a free loopback port that answers 204 until told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const respond = async (got: Received, response: ServerResponse): Promise<void> => {
    const { status, body = '', contentType = 'application/json' } = await receiver.answer(got);
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const got: Received = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(got);
      void respond(got, response);
    });
  });
  const port = await listen(server, '127.0.0.1', 0);
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: () => ({ status: 204 }),
    stop: () => close(server),
  };
  return receiver;
}

/** Two people and their manager; a laptop and a phone for the first, a laptop for the second. */
export function smallCompany(identity: string[] = ['okta', 'graph']): CompanyInput {
  const person = (key: string, givenName: string, familyName: string, externalId: string) => ({
    key,
    givenName,
    familyName,
    workEmail: `${key}@example.com`,
    externalId,
    identity,
  });
  return {
    people: [
      person('maya', 'Maya', 'Boss', 'E-1'),
      {
        ...person('ada', 'Ada', 'Leaver', 'E-2'),
        managerKey: 'maya',
        country: 'DE',
        timeZone: 'Europe/Berlin',
      },
      { ...person('bo', 'Bo', 'Stayer', 'E-3'), managerKey: 'maya' },
    ],
    devices: [
      {
        key: 'ada-laptop',
        serial: 'C02ADA0001',
        manufacturer: 'Apple',
        model: 'MacBook Pro',
        platform: 'macos',
        assetTag: 'A-1',
        assignedTo: 'ada',
        mdm: 'graph',
        oktaRegistered: true,
      },
      {
        key: 'ada-phone',
        serial: 'F17ADA0002',
        manufacturer: 'Apple',
        model: 'iPhone 15',
        platform: 'ios',
        assignedTo: 'ada',
        mdm: 'graph',
        oktaRegistered: true,
      },
      {
        key: 'bo-laptop',
        serial: 'PF0BO0003',
        manufacturer: 'LENOVO',
        model: 'ThinkPad X1',
        platform: 'windows',
        assignedTo: 'bo',
        mdm: 'graph',
      },
    ],
  };
}
