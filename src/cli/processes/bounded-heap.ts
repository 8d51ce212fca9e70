/** How far a process lets its heap grow before it collects it. */
import { setFlagsFromString } from 'node:v8';

/** Of what was alive after the last collection. */
const GROWTH_PERCENT = 50;

/**
 * V8 lets the heap of a machine with much memory grow to four times what is alive. A long import makes much that lives for a
 * moment longer than a scavenge and then never again, which would stay resident for nothing. This bounds no process: what it
 * needs, it gets; it is only collected earlier.
 */
export function collectEarlier(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
