/** Gates and what blocks them, as answers show them. */
import { z } from 'zod';
import { CASE_GATES, DEVICE_GATES, GATE_STATES } from '../../domain/gates.ts';
import { Instant, MaybeInstant } from './common.ts';

export const GateName = z.enum([...CASE_GATES, ...DEVICE_GATES]);

export const BlockedByShape = z
  .object({
    kind: z.enum(['decision', 'source', 'action', 'time']),
    gate: GateName.nullable(),
    deviceId: z.string().nullable(),
    code: z.string(),
    owner: z.string().meta({ description: 'Whose move it is: a role, source:<connector> or handback.' }),
    since: Instant,
    dueAt: MaybeInstant,
    escalatesAt: MaybeInstant,
    parked: z.boolean().meta({ description: 'Waits by design until a date: never stuck.' }),
  })
  .meta({ title: 'What stands in the way' });

export const GateShape = z.object({
  gate: GateName,
  state: z.enum(GATE_STATES),
  since: Instant,
  evidence: z.array(z.string()).meta({ description: 'Keys of the facts that this standing rests on.' }),
  basis: z.string().nullable(),
  blockedBy: z.array(BlockedByShape),
});

/** State by gate, as last judged. */
export const GateStates = z.partialRecord(GateName, z.enum(GATE_STATES));
