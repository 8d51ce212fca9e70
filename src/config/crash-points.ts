import type { Environment } from './environment.ts';

/**
 * For crash tests only: `HANDBACK_CRASH_AT=<point>` or `<point>:<n>` ends this process, as a kill -9 would, when it reaches
 * that point for the n-th time (default the first).
 */
export function crashPoints(env: Environment): (point: string) => void {
  const [wanted, count = '1'] = (env['HANDBACK_CRASH_AT'] ?? '').split(':');
  if (wanted === undefined || wanted === '') return () => {};
  let left = Number(count);
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
