/** Starts simulators, each on a listener of its own, and the control listener. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import express from 'express';
import type { ErrorRequestHandler } from 'express';
import { createControl } from './control.ts';
import type { Instance } from './control.ts';
import { Deliveries } from './deliveries.ts';
import { EffectLog } from './effects.ts';
import { applyFaults } from './fault-middleware.ts';
import { FaultStore } from './faults.ts';
import { close, listen } from './http.ts';
import type { OwnListener, SimulatorContext, SimulatorMap } from './simulator.ts';
import { Timers } from './timers.ts';

/** One instance to start. Keys other than these three are the simulator's own options. */
export interface InstanceSpec {
  readonly kind: string;
  /** Unique in the sandbox; also its segment in `/instances/<name>`. */
  readonly name: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly [option: string]: unknown;
}

/** How to start. */
export interface StartOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Host name in the URLs that vendors hand out (links to next pages, sources). Default: `host`, or 127.0.0.1 when that means every interface. */
  readonly publicHost?: string;
  /** Default 4200; 0 for any free port. */
  readonly controlPort?: number;
  readonly instances: readonly InstanceSpec[];
  readonly simulators: SimulatorMap;
  /** Gets a line per request. Default: nothing is logged. */
  readonly log?: (line: string) => void;
}

/** A running sandbox. `urls` by instance name, none with a trailing slash. */
export interface Sandbox {
  readonly controlUrl: string;
  readonly urls: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts them all, or none: when one cannot listen, the others are stopped and the error is thrown. */
export async function startInstances(options: StartOptions): Promise<Sandbox> {
  const { host = '127.0.0.1', controlPort = 4200, log = () => {} } = options;
  const publicHost = options.publicHost ?? (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);
  const effects = new EffectLog();
  const faults = new FaultStore();
  const deliveries = new Deliveries(faults);
  const timers = new Timers();
  const servers: Server[] = [];
  const listeners: OwnListener[] = [];
  const instances: Instance[] = [];

  const stop = async (): Promise<void> => {
    timers.clear();
    deliveries.clear();
    faults.clear('drop');
    await Promise.all([...servers.map(close), ...listeners.map((one) => one.close())]);
  };

  const startOne = async (spec: InstanceSpec): Promise<void> => {
    const { kind, name, port = 0, ...own } = spec;
    const create = Object.hasOwn(options.simulators, kind) ? options.simulators[kind] : undefined;
    if (create === undefined)
      throw new Error(
        `no simulator of the kind ${kind}; there are ${Object.keys(options.simulators).join(', ')}`,
      );
    if (!/^[\w-]+$/.test(name))
      throw new Error(`an instance name has letters, digits, - and _ only: ${name}`);
    if (instances.some((instance) => instance.name === name))
      throw new Error(`two instances are named ${name}`);

    const context = {
      kind,
      name,
      url: '',
      now: () => new Date(),
      effect: (request, effect) => effects.record(name, new Date(), request, effect),
      deliver: (delivery) => deliveries.send(name, delivery),
      after: (ms, run) => timers.after(ms, run),
      log: (line) => log(`${name} ${line}`),
    } satisfies SimulatorContext;
    const simulator = create(context, own);
    const { listener } = simulator;
    if (listener !== undefined) {
      listeners.push(listener);
      context.url = `${listener.scheme}://${publicHost}:${await listener.listen(host, port)}`;
      instances.push({ name, kind, url: context.url, simulator });
      return;
    }
    const failed: ErrorRequestHandler = (error: unknown, request, response, next) => {
      if (response.headersSent) return next(error);
      const status =
        typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
          ? error.status
          : 500;
      context.log(
        `! ${request.method} ${request.originalUrl} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      simulator.refuse.failed(request, response, status);
    };
    const app = express()
      .disable('x-powered-by')
      .disable('etag')
      .use((request, response, next) => {
        response.on('finish', () =>
          context.log(`${request.method} ${request.originalUrl} ${response.statusCode}`),
        );
        next();
      })
      .use(applyFaults(name, faults, simulator.refuse))
      .use(simulator.router)
      .use((request, response) => simulator.refuse.failed(request, response, 404))
      .use(failed);
    const server = createServer(app);
    servers.push(server);
    context.url = `http://${publicHost}:${await listen(server, host, port)}`;
    instances.push({ name, kind, url: context.url, simulator });
  };

  const reset = (): void => {
    timers.clear();
    deliveries.clear();
    faults.clear('answer');
    effects.clear();
    for (const { simulator } of instances) simulator.reset();
  };

  try {
    for (const spec of options.instances) await startOne(spec);
    const control = createServer(createControl({ instances, effects, faults, deliveries, reset }));
    servers.push(control);
    const controlUrl = `http://${publicHost}:${await listen(control, host, controlPort)}`;
    return { controlUrl, urls: Object.fromEntries(instances.map(({ name, url }) => [name, url])), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
