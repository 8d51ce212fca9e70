/** What a simulator is, and what the core lends it. A vendor folder depends on this file and the helpers beside it, never on another vendor. */
import type { Request, Response, Router } from 'express';
import type { Company } from './company.ts';
import type { DeliveryRequest, DeliveryRecord } from './deliveries.ts';
import type { EffectInput } from './effects.ts';

/** One vendor, in memory, behind one listener. */
export interface Simulator {
  /** The vendor's API, mounted at the root of the instance's own listener. Parses bodies itself. */
  readonly router: Router;
  /** For a vendor that speaks something other than HTTP: listens in place of `router`. */
  readonly listener?: OwnListener;
  /** Acts of people and hardware ("an administrator disables the user"), mounted at `/instances/<name>` of the control listener; JSON bodies are parsed. */
  readonly control: Router;
  /** How this vendor words a refusal: used by injected faults and for unexpected errors. */
  readonly refuse: VendorRefusals;
  /** Adds what the vendor knows of the company; a key that exists already is replaced. Emits no events. */
  seed(company: Company): void;
  /** Back to empty, as freshly created. */
  reset(): void;
}

/** A listener of the simulator's own. */
export interface OwnListener {
  /** Of its URL, such as `smtp`. */
  readonly scheme: string;
  /** Resolves with the port once listening; 0: any free port. */
  listen(host: string, port: number): Promise<number>;
  /** Stops listening and cuts what is still connected. */
  close(): Promise<void>;
}

/** Vendor-shaped refusals. Each ends the response. */
export interface VendorRefusals {
  /** 429 with the vendor's own headers and body. */
  rateLimited(request: Request, response: Response, retryAfterSeconds: number): void;
  /** Any other status with the vendor's error body. */
  failed(request: Request, response: Response, status: number): void;
}

/** What the core lends to one simulator instance. */
export interface SimulatorContext {
  readonly kind: string;
  /** Instance name, unique in the sandbox. */
  readonly name: string;
  /** Base URL of the instance's listener, without a trailing slash. Only known once it listens: read it late. */
  readonly url: string;
  /** Real time. */
  now(): Date;
  /** Counts an effect; call it at the moment the effect takes hold, before answering. */
  effect(request: Pick<Request, 'method' | 'originalUrl'>, effect: EffectInput): void;
  /** Sends a webhook by the vendor's retry rule. Never rejects; resolves when delivered, given up or lost. */
  deliver(delivery: DeliveryRequest): Promise<DeliveryRecord>;
  /** Runs once after `ms`, unless the sandbox is reset or stopped before. */
  after(ms: number, run: () => void): void;
  /** One line, for people; off by default. */
  log(line: string): void;
}

/** Makes an instance. `options` are the instance's own settings (everything but kind, name and port): check them with zod, throw on a mistake. */
export type CreateSimulator = (
  context: SimulatorContext,
  options: Readonly<Record<string, unknown>>,
) => Simulator;

/** The explicit registry: kind to factory. */
export type SimulatorMap = Readonly<Record<string, CreateSimulator>>;

/** Whether a seed's mention (a kind or an instance name) means this instance. */
export function isMeant(context: Pick<SimulatorContext, 'kind' | 'name'>, mention: string | null): boolean {
  return mention === context.kind || mention === context.name;
}
