/** How far a connector, and what is done about a person, may go. */
export const MODES = ['observe', 'recommend', 'enforce'] as const;
/** `observe` reads only; `recommend` says what it would do, and does what people approve; `enforce` acts. */
export type Mode = (typeof MODES)[number];

/** The more careful of two. */
export function leastOf(one: Mode, other: Mode): Mode {
  return MODES.indexOf(one) <= MODES.indexOf(other) ? one : other;
}
