/**
 * Load that does not wait for answers: each request has its moment, and its time counts from that moment, so that a stall
 * shows in every request that it held up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { delivery } from './deliveries.ts';

export interface Load {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Loaded {
  /** Milliseconds from the moment it was due to the end of the answer. */
  readonly times: readonly number[];
  readonly refused: number;
}

const CONNECTIONS = 50;
let sent = 0;

export async function load({ url, perSecond, seconds }: Load): Promise<Loaded> {
  const dispatcher = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  const times: number[] = [];
  let refused = 0;
  const total = perSecond * seconds;
  const underway: Promise<void>[] = [];
  const begun = performance.now();

  async function send(due: number): Promise<void> {
    const { path, headers, body } = delivery((sent += 1));
    const answer = await request(url + path, { dispatcher, method: 'POST', headers, body });
    await answer.body.dump();
    times.push(performance.now() - due);
    if (answer.statusCode >= 300) refused += 1;
  }

  for (let number = 0; number < total; number += 1) {
    const due = begun + (number * 1000) / perSecond;
    const left = due - performance.now();
    if (left > 0) await sleep(left);
    underway.push(send(due));
  }
  await Promise.all(underway);
  await dispatcher.close();
  return { times, refused };
}
