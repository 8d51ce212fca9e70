/** Where the demo tells what happens: a board that is redrawn on a terminal, plain lines elsewhere. */
import type { PersonKey } from '../cast.ts';
import type { Case } from '../engine/shapes.ts';
import { createBoard } from './board.ts';
import { createPlainScreen } from './plain.ts';

export interface Standing {
  readonly key: PersonKey;
  /** `null`: nothing has begun. */
  readonly standing: Case | null;
}

export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** Something happens outside; `who` is `null` where it is about nobody in particular. */
  say(day: number, who: PersonKey | null, text: string): void;
  /** How the cases stand now. */
  show(day: number, standings: readonly Standing[]): void;
  /** Leaves the terminal as a person wants it back. */
  close(): void;
}

export function createScreen(stream: NodeJS.WriteStream): Screen {
  return stream.isTTY ? createBoard(stream) : createPlainScreen(stream);
}
