const stops = new Set<() => void>();

/**
 * Runs `stop` when this process exits by itself (also after an uncaught error), so that no server
 * is left behind by a forgotten `stop`; a kill -9 is what adoption is for. `stop` must be
 * synchronous: nothing is awaited at that point.
 *
 * @returns takes it back.
 */
export function stopAtExit(stop: () => void): () => void {
  if (stops.size === 0) process.on('exit', runStops);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size === 0) process.off('exit', runStops);
  };
}

function runStops(): void {
  for (const stop of stops) stop();
}
