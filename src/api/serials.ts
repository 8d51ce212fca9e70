import { normaliseSerial } from '../domain/serial.ts';
import type { Serial } from '../domain/serial.ts';
import { Problem } from './problem.ts';

/** A serial as somebody typed or scanned it, in normalised form. @throws Problem when it cannot be one. */
export function readable(serial: string): Serial {
  const key = normaliseSerial(serial);
  if (key === null) throw new Problem('serial-unreadable');
  return key;
}
