/** Colours for terminals; text stays as it is elsewhere. */
import { styleText } from 'node:util';
import type { Io } from '../io.ts';

export type Tone = 'good' | 'bad' | 'wait' | 'quiet' | 'strong';

const STYLES = { good: 'green', bad: 'red', wait: 'yellow', quiet: 'dim', strong: 'bold' } as const;

export type Paint = (tone: Tone, text: string) => string;

export function painter({ terminal }: Pick<Io, 'terminal'>): Paint {
  if (!terminal.colours) return (_tone, text) => text;
  return (tone, text) => styleText(STYLES[tone], text, { validateStream: false });
}
