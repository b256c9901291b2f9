/**
 * Works on all items, at most `limit` at a time.
 * @throws what `work` throws first; items that nobody has begun by then are left
 */
export async function forEachConcurrently<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  // The workers draw from one iterator, which ends for all of them when one fails.
  const shared = items[Symbol.iterator]();
  let hasFailed = false;
  const worker = async () => {
    for (let next = shared.next(); !hasFailed && next.done !== true; next = shared.next()) {
      try {
        await work(next.value);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
