/** Several at a time: everything is done once, and a failure leaves nothing running. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { abreast, eachAbreast } from '../../../src/store/imports/abreast.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) {
    await sleep(0);
    yield n;
  }
}

describe('two at a time', () => {
  test('every item is applied once, and never more than two at a time', async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await eachAbreast(2, numbers(25), async (n) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(n % 3);
      running -= 1;
      done.push(n);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_one, n) => n));
    expect(most).toBe(2);
  });

  test('a failure is told once what had begun has ended, and begins nothing more', async () => {
    const begun: number[] = [];
    let running = 0;
    const applied = eachAbreast(2, numbers(25), async (n) => {
      begun.push(n);
      running += 1;
      await sleep(n === 6 ? 0 : 5);
      running -= 1;
      if (n === 6) throw new Error('six');
    });
    await expect(applied).rejects.toThrow('six');
    expect(running).toBe(0);
    expect(begun.length).toBeLessThan(10);
  });

  test('a sequence that fails is told', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    }
    await expect(eachAbreast(2, broken(), () => sleep(1))).rejects.toThrow('broken');
  });
});

describe('works beside each other', () => {
  test('what was thrown first is told, not what followed from it', async () => {
    async function failing(after: number, message: string): Promise<void> {
      await sleep(after);
      throw new Error(message);
    }
    const works = [failing(20, 'the transaction is aborted'), failing(0, 'the reason')];
    await expect(abreast(works)).rejects.toThrow('the reason');
  });

  test('one that fails is told once the others have ended', async () => {
    let hasEnded = false;
    async function slow(): Promise<void> {
      await sleep(10);
      hasEnded = true;
    }
    await expect(abreast([Promise.reject(new Error('first')), slow()])).rejects.toThrow('first');
    expect(hasEnded).toBe(true);
  });
});
