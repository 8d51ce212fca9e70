/** Letting a device go at the maker's register (Apple Business Manager): asked for where that can be done, and read back. */
import { ConnectorError } from '../adapters/errors.ts';
import type { Connected } from '../adapters/connectors.ts';
import type { EnrolmentProgramme } from '../adapters/enrolment/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import type { ReleaseReading } from '../domain/device-commands.ts';
import type { EngineContext } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { modeFor } from './modes.ts';

/**
 * In every programme that is connected: a device stands in one of them at most, and which one nobody tells.
 *
 * @returns `released` when none of them has it any more; `not-applicable` when none is connected.
 */
export async function releaseFromRegisters(
  context: EngineContext,
  custody: CustodyState,
): Promise<ReleaseReading> {
  const programmes = [...context.connectors.enrolment.values()];
  if (programmes.length === 0) return 'not-applicable';
  const readings: ReleaseReading[] = [];
  for (const programme of programmes) readings.push(await releaseFrom(context, custody, programme));
  return readings.find((reading) => reading !== 'released') ?? 'released';
}

async function releaseFrom(
  context: EngineContext,
  { opened }: CustodyState,
  { mode, port }: Connected<EnrolmentProgramme>,
): Promise<ReleaseReading> {
  const { serial, personId } = opened.data;
  try {
    const before = await port.readRelease(serial);
    if (before !== 'still-held' || !port.can.includes('release')) return before;
    if ((await modeFor(context, { mode }, personId)) !== 'enforce') return before;
    // Asked twice it does no harm: the programme works it through in its own time, and is read again until it shows.
    await port.release(serial);
    return await port.readRelease(serial);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    return 'still-held';
  }
}
