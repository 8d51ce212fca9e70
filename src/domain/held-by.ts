/** What holds a command that is approved and otherwise right: it goes on under the same approval once that is gone. */
import type { BlockKind } from './gates.ts';

/** By refusal code, the first that applies: what it blocks on, and whose move it is. */
const HOLDING = {
  'kill-switch': { kind: 'decision', code: 'kill-switch-on', owner: 'approver' },
  'limit-reached': { kind: 'decision', code: 'wipe-limit-reached', owner: 'approver' },
  'holds-unreadable': { kind: 'source', code: 'holds-unreadable', owner: 'operator' },
} as const satisfies Readonly<
  Record<string, { readonly kind: BlockKind; readonly code: string; readonly owner: string }>
>;

/** Whether these refusals only hold the command: somebody can free it, or a source comes back. */
export function onlyHolds(codes: readonly string[]): boolean {
  return codes.length > 0 && codes.every((code) => code in HOLDING);
}

/** What the gate waits for, by the codes that the command was held with. */
export function heldBlock(codes: readonly string[]): (typeof HOLDING)[keyof typeof HOLDING] {
  if (codes.includes('kill-switch')) return HOLDING['kill-switch'];
  return codes.includes('limit-reached') ? HOLDING['limit-reached'] : HOLDING['holds-unreadable'];
}
