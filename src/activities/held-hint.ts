/** A hint that was kept in the inbox, read back. */
import { z } from 'zod';
import type { LifecycleHint } from '../adapters/identity/port.ts';
import { LIFECYCLE_KINDS } from '../domain/lifecycle.ts';
import { HELD_HINT } from '../store/held-hints.ts';

const text = z.string().nullable();

const Held = z.object({
  eventId: z.string(),
  kind: z.enum(LIFECYCLE_KINDS),
  externalId: z.string(),
  occurredAt: z.iso.datetime(),
  effectiveAt: z.iso.datetime().nullable(),
  fromState: z.literal(true).optional(),
  person: z
    .object({
      employeeNumber: text,
      workEmail: text,
      displayName: text,
      country: text,
      managerExternalId: text,
      timeZone: text,
    })
    .optional(),
  deviceHints: z.array(z.string()).optional(),
});

/** @returns `null` for a delivery that holds none: a sender may number its own alike. */
export function readHeldHint(deliveryId: string, body: Buffer): LifecycleHint | null {
  if (!deliveryId.startsWith(HELD_HINT)) return null;
  try {
    const { fromState, person, deviceHints, ...hint } = Held.parse(JSON.parse(body.toString('utf8')));
    return {
      ...hint,
      ...(fromState === undefined ? {} : { fromState }),
      ...(person === undefined ? {} : { person }),
      ...(deviceHints === undefined ? {} : { deviceHints }),
    };
  } catch {
    return null;
  }
}
