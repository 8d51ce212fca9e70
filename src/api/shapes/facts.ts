/** Facts as answers show them. */
import { z } from 'zod';
import type { AnyFact } from '../../domain/fact.ts';
import { Instant } from './common.ts';

export const FactShape = z.object({
  stream: z.string(),
  seq: z.int(),
  prev: z.string().nullable(),
  key: z.string(),
  type: z.string(),
  at: Instant,
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** A line of a timeline: what, when, by whom; its data is read with the facts. */
export const TimelineShape = z.object({
  at: Instant,
  type: z.string(),
  stream: z.string(),
  key: z.string(),
  actor: z.string(),
});

export function factView({ stream, seq, prev, key, type, at, actor, data }: AnyFact) {
  return { stream, seq, prev, key, type, at, actor, data: { ...data } };
}

export function timelineView({ at, type, stream, key, actor }: AnyFact) {
  return { at, type, stream, key, actor };
}
