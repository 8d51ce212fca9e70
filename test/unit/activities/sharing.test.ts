import { expect, test } from 'vitest';
import { sharing } from '../../../src/activities/sharing.ts';

test('work under way is shared, by owner and key, with its failure, and is done anew afterwards', async () => {
  const share = sharing<number>();
  const [one, other] = [{}, {}];
  let done = 0;
  const work = async () => {
    await Promise.resolve();
    return (done += 1);
  };
  expect(await Promise.all([share(one, 'a', work), share(one, 'a', work)])).toEqual([1, 1]);
  expect(await Promise.all([share(one, 'a', work), share(one, 'b', work), share(other, 'a', work)])).toEqual([
    2, 3, 4,
  ]);
  const failing = async () => Promise.reject(new Error('down'));
  const both = await Promise.allSettled([share(one, 'a', failing), share(one, 'a', work)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await share(one, 'a', work)).toBe(5);
});
