/** Words and marks for people. */
import type { Block, Case } from '../engine/shapes.ts';
import { isThrough } from '../stories/stage.ts';

/** Gates as columns: two of the case, five of each device. */
export const CASE_COLUMNS = [
  ['discovery', 'found'],
  ['access-cut', 'access'],
] as const;
export const DEVICE_COLUMNS = [
  ['data-handover', 'data'],
  ['wipe', 'wipe'],
  ['return', 'return'],
  ['itad-handoff', 'ITAD'],
  ['inventory-closure', 'books'],
] as const;

export interface Mark {
  readonly sign: string;
  readonly colour: 'green' | 'yellow' | 'red' | 'gray' | 'cyan';
}

const MARKS: Readonly<Record<string, Mark>> = {
  satisfied: { sign: '●', colour: 'green' },
  substituted: { sign: '●', colour: 'green' },
  waived: { sign: '◌', colour: 'yellow' },
  'not-applicable': { sign: '–', colour: 'gray' },
  'in-progress': { sign: '◐', colour: 'yellow' },
  waiting: { sign: '○', colour: 'gray' },
  held: { sign: '■', colour: 'cyan' },
  failed: { sign: '✗', colour: 'red' },
};

export function markOf(state: string | undefined): Mark {
  return MARKS[state ?? ''] ?? { sign: '·', colour: 'gray' };
}

export const LEGEND = '● proven  ◐ under way  ○ not yet  – not needed  ■ held  ✗ failed';

const WORDS: Readonly<Record<string, string>> = {
  'leave-not-effective': 'the leave date',
  'discovery-under-way': 'the sources’ answers',
  'source-unanswered': 'a source that does not answer',
  'awaits-discovery': 'discovery',
  'access-not-cut': 'the access cut',
  'case-not-started': 'its start',
  'custody-missing': 'its devices to be taken in',
  'wipe-not-begun': 'the wipe to begin',
  'wipe-approved': 'the wipe to be sent',
  'wipe-requested': 'Intune’s answer',
  'wipe-accepted': 'the device to run the wipe',
  'wipe-failed': 'a decision: the wipe failed',
  'wipe-outcome-unknown': 'a decision: did the wipe go out?',
  'return-awaited': 'the device',
  'in-transit': 'the parcel',
  'intake-scan-awaited': 'the scan at the dock',
  'not-on-a-pickup': 'a truck',
  'pickup-not-confirmed': 'the truck to be loaded',
  'vendor-scan-awaited': 'the vendor’s scan',
  'receipt-awaited': 'the plant’s receipt',
  'certificate-awaited': 'the certificate',
  'drives-not-certified': 'the certificates of its drives',
  'certificate-insufficient': 'a decision: a certificate does not count',
  'held-back-at-dock': 'a decision: held back at the dock',
  'closure-not-read-back': 'the books',
  'closure-awaited': 'the books',
  'unrecorded-device': 'a decision: no inventory knows it',
  'wipe-limit-reached': 'two people: the wipe limit is reached',
  'on-hold-legal': 'legal to lift its hold',
  'wipe-refused': 'a decision: the guard said no',
  'holder-mismatch': 'a decision: it may be somebody else’s',
  'device-not-corporate': 'a decision: it is not the company’s',
  'retire-not-begun': 'the retire to begin',
  'retire-not-seen': 'the phone to run the retire',
  'wipe-call-back-awaited': 'a second command to be called back',
  'set-up-screen-awaited': 'a look at its set-up screen',
  'inspection-awaited': 'somebody to look at it',
  'lost-decision-awaited': 'two people: is it lost?',
  'release-not-read-back': 'the device to be let go',
};

export function wordsOf({ code }: Block): string {
  return WORDS[code] ?? code.replaceAll('-', ' ');
}

/** The block that most wants somebody's eye: a decision first, what waits by itself last. */
export function foremost(blocks: readonly Block[]): Block | null {
  const order = ['decision', 'source', 'action', 'time'];
  return (
    blocks.toSorted(
      (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.since < b.since ? -1 : 1),
    )[0] ?? null
  );
}

/** How several gates that are shown as one stand: the least happy of them, and how many are through. */
export function togetherOf(states: readonly (string | undefined)[]): Mark {
  const order = ['failed', 'held', undefined, 'waiting', 'in-progress', 'waived'];
  const rank = (state: string | undefined): number => {
    const at = order.indexOf(state);
    return at < 0 ? order.length : at;
  };
  const [worst] = states.toSorted((a, b) => rank(a) - rank(b));
  const { sign, colour } = markOf(worst);
  return { sign: `${sign} ${states.filter(isThrough).length}/${states.length}`, colour };
}

/** What a case waits for, and whose move it is. */
export function waitsFor({ state, blockedBy, milestones }: Case): string {
  if (state === 'completed' || state === 'completed-with-waivers') return 'proven closed';
  if (state === 'cancelled') return 'cancelled in time';
  const block = foremost(blockedBy);
  if (block === null) return milestones.closed === null ? 'its last judgement' : '';
  return `${wordsOf(block)} (${block.owner})`;
}
