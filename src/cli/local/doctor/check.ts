/** One thing that was looked at. */
export type Standing = 'ok' | 'warning' | 'failed';

export interface Check {
  /** What was looked at: `database`, `temporal`, `connector okta`, … */
  readonly name: string;
  readonly standing: Standing;
  /** What was found, and what to do about it. */
  readonly detail: string;
  /** Of a connector: permissions that it lacks. */
  readonly missing?: readonly string[];
  /** Its clock against ours, milliseconds; positive when it is ahead. */
  readonly skewMs?: number;
}

/** Signatures and leave times are compared with real time; connectors forgive a minute. */
const SKEW_WARNING_MS = 10_000;
const SKEW_FAILURE_MS = 60_000;

/** What a clock's difference means. */
export function skewCheck(name: string, skewMs: number): Check {
  const size = Math.abs(skewMs);
  const seconds = `${(size / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (size < SKEW_WARNING_MS)
    return { name, standing: 'ok', detail: `its clock agrees with this machine's`, skewMs };
  return {
    name,
    standing: size < SKEW_FAILURE_MS ? 'warning' : 'failed',
    detail: `its clock is ${seconds}: synchronise both by NTP`,
    skewMs,
  };
}
