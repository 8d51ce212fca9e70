/** Started by a schedule: reads all managed devices, and tells each leaver whose wipe has ended. */
import { ask } from './asking.ts';

export async function sweepWipes(): Promise<void> {
  await ask.sweepWipes();
}
