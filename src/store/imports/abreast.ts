/** Works of one transaction beside each other: while the database is busy for one, another is judged. */

/**
 * All have come to an end when this does, so that nothing is asked of a transaction that is over.
 *
 * @param works None may depend on another.
 * @throws What the first of them threw.
 */
export async function abreast(works: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * The items of a sequence, several at a time.
 *
 * @param apply Must not depend on the one before.
 * @throws What the first of them threw. What had begun is ended, the rest left.
 */
export async function eachAbreast<T>(
  atOnce: number,
  items: AsyncGenerator<T>,
  apply: (item: T) => Promise<void>,
): Promise<void> {
  async function work(): Promise<void> {
    // Leaving the loop by an error ends the sequence for the others as well.
    for await (const item of items) await apply(item);
  }
  await abreast(Array.from({ length: atOnce }, work));
}
