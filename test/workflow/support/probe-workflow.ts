/** The smallest workflow there is: it shows that a test server runs workflows. */
import { sleep } from '@temporalio/workflow';

/** Sleeps so many milliseconds and tells by how much the workflow's clock went on. */
export async function probe(ms: number): Promise<number> {
  const started = Date.now();
  await sleep(ms);
  return Date.now() - started;
}
