/** Works of one transaction beside each other: while the database is busy for one, another is judged. */

/**
 * All have come to an end when this does, so that nothing is asked of a transaction that is over.
 *
 * @param works None may depend on another.
 * @throws What was thrown first: whoever asks a transaction that has failed already learns only that it has.
 */
export async function abreast(works: readonly Promise<void>[]): Promise<void> {
  const thrown: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      work.catch((error: unknown) => {
        thrown.push(error);
      }),
    ),
  );
  if (thrown.length > 0) throw thrown[0];
}

/**
 * The items of a sequence, several at a time.
 *
 * @param apply Must not depend on the one before.
 * @throws What was thrown first. What had begun is ended, the rest left.
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
