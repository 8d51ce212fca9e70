/** The parts of Blancco's reports that count, out of their XML. */
import type { ImportLimits } from './file/limits.ts';
import { FileRefused } from './file/refused.ts';
import type { XmlHandler } from './file/xml.ts';

export interface BlanccoErasure {
  readonly serial: string;
  readonly model: string;
  readonly state: string;
  readonly standard: string;
  readonly endedAt: string;
}

export interface BlanccoReport {
  readonly documentId: string;
  /** Of the chassis. */
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Serials of the drives that the hardware report lists, what is plugged in over USB left out. */
  readonly disks: readonly string[];
  readonly erasures: readonly BlanccoErasure[];
}

/** Drives in one chassis: more is no report of one. */
const MOST_DRIVES = 1_000;

type Values = Map<string, string>;

interface Draft {
  documentId: string;
  system: Values;
  disks: Values[];
  erasures: { own: Values; target: Values }[];
}

/** Calls back for every report that is finished. */
export function blanccoReports(
  { lineChars }: ImportLimits,
  done: (report: BlanccoReport) => void,
): XmlHandler {
  // Names of the elements and lists that are open, the outermost first.
  const path: string[] = [];
  let draft: Draft | null = null;
  let text = '';
  return {
    open(element, { name }) {
      const step = element === 'entries' || element === 'entry' ? `${element}:${name ?? ''}` : element;
      path.push(step);
      text = '';
      if (element === 'report') draft = { documentId: '', system: new Map(), disks: [], erasures: [] };
      if (draft === null) return;
      if (step === 'entries:disk' && path.includes('blancco_hardware_report')) draft.disks.push(new Map());
      if (step === 'entries:erasure' && path.includes('blancco_erasure_report'))
        draft.erasures.push({ own: new Map(), target: new Map() });
      if (draft.disks.length + draft.erasures.length > MOST_DRIVES) throw new FileRefused('not-a-report');
    },
    text(piece) {
      text += piece;
      if (text.length > lineChars) throw new FileRefused('line-too-long');
    },
    close(element) {
      const step = path.pop() ?? '';
      const value = text.trim();
      text = '';
      if (draft === null) return;
      if (element === 'document_id' && path.at(-1) === 'description') draft.documentId = value;
      if (step.startsWith('entry:')) listOf(draft, path)?.set(step.slice('entry:'.length), value);
      if (element !== 'report') return;
      if (draft.documentId !== '' || draft.erasures.length > 0) done(finished(draft));
      draft = null;
    },
  };
}

/** Where a value belongs, by the list around it. */
function listOf(draft: Draft, path: readonly string[]): Values | undefined {
  const list = path.at(-1);
  if (path.includes('blancco_hardware_report')) {
    if (list === 'entries:system') return draft.system;
    return list === 'entries:disk' ? draft.disks.at(-1) : undefined;
  }
  if (!path.includes('blancco_erasure_report')) return undefined;
  if (list === 'entries:erasure') return draft.erasures.at(-1)?.own;
  return list === 'entries:target' ? draft.erasures.at(-1)?.target : undefined;
}

function finished({ documentId, system, disks, erasures }: Draft): BlanccoReport {
  const of = (values: Values, name: string): string => values.get(name) ?? '';
  return {
    documentId,
    serial: of(system, 'serial'),
    manufacturer: of(system, 'manufacturer'),
    model: of(system, 'model'),
    disks: disks.filter((disk) => of(disk, 'interface_type') !== 'USB').map((disk) => of(disk, 'serial')),
    erasures: erasures.map(({ own, target }) => ({
      serial: of(target, 'serial'),
      model: of(target, 'model'),
      state: of(own, 'state'),
      standard: of(own, 'erasure_standard_name'),
      endedAt: of(own, 'end_time') || of(own, 'timestamp'),
    })),
  };
}
