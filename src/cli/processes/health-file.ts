import { writeFileSync } from 'node:fs';

const EVERY_MS = 5_000;

/**
 * Touches the file every five seconds for as long as the event loop turns: how a container's health check knows that a
 * process which listens to nothing is well.
 *
 * @returns ends it.
 */
export function keepTouching(file: string | undefined): () => void {
  if (file === undefined) return () => {};
  const touch = (): void => writeFileSync(file, '');
  touch();
  const timer = setInterval(touch, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
