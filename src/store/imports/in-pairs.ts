/**
 * Two of a sequence at a time, over one connection: while the database works for one, the other is judged. Both have come to
 * an end when this does, so that nothing is asked of a transaction that is over.
 *
 * @param apply Must not depend on the one before.
 * @throws What the first of them threw. What had begun is ended, the rest left.
 */
export async function inPairs<T>(items: AsyncGenerator<T>, apply: (item: T) => Promise<void>): Promise<void> {
  async function work(): Promise<void> {
    // Leaving the loop by an error ends the sequence for the other as well.
    for await (const item of items) await apply(item);
  }
  const ended = await Promise.allSettled([work(), work()]);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
