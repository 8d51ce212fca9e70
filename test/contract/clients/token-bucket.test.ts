import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/adapters/clients/token-bucket.ts';

describe('token bucket', () => {
  it('gives no turn after the caller gave up', async () => {
    const bucket = new TokenBucket({ requestsPerSecond: 0.001, burst: 1 });
    await bucket.take();
    await expect(bucket.take(AbortSignal.timeout(20))).rejects.toThrow();
    await expect(bucket.take(AbortSignal.abort())).rejects.toThrow();
  });

  it('gives no turn when the time ended while the process stood still, before its timer could tell', async () => {
    const bucket = new TokenBucket({ requestsPerSecond: 50, burst: 1 });
    bucket.reserve();
    const signal = AbortSignal.timeout(60);
    const outcome = expect(bucket.take(signal)).rejects.toThrow();
    // The turn comes first, and the end of the time right after it: both are over when the timers are looked at again.
    const until = performance.now() + 200;
    while (performance.now() < until);
    expect(signal.aborted).toBe(false);
    await outcome;
  });
});
