/** Types of lock.mjs for its test. */
export function withLock<T>(path: string, purpose: string, work: () => Promise<T>): Promise<T>;
