import { ConnectorError } from '../adapters/errors.ts';
import type { EngineContext } from './context.ts';
import { noteHealth } from './poll.ts';

/** Runs a sweep and notes whether its connector answered. @throws what the sweep throws. */
export async function withHealth<T>(
  context: EngineContext,
  connector: string,
  sweep: () => Promise<T>,
): Promise<T> {
  try {
    const result = await sweep();
    await noteHealth(context, connector, null);
    return result;
  } catch (error) {
    await noteHealth(context, connector, error instanceof ConnectorError ? error.code : 'internal');
    throw error;
  }
}
