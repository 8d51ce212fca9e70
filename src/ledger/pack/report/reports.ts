/** What disposal vendors reported to have become of devices, before their custody was closed and after. */
import { contradictsEnd } from '../../../domain/disposal-end.ts';
import type { CustodyState } from '../../../domain/custody-state.ts';
import type { ReportContents } from '../build.ts';
import { custodiesIn } from '../claim.ts';
import type { Sheet } from './sheet.ts';
import { timeText } from './told.ts';

export function drawReports(sheet: Sheet, contents: ReportContents): void {
  const rows = custodiesIn(contents.manifest.subject, contents.streams).flatMap((custody) =>
    reportsOf(custody).map(({ at, key, type, data }) => {
      const place = contents.places.get(key);
      return [
        custody.opened.data.serial,
        `${data.outcome}, ${data.downstream}`,
        timeText(data.processedAt),
        `${timeText(at)}${type === 'disposition.reported-late' ? ', after the closure' : ''}`,
        `${place === undefined ? '' : `${place}.json `}document ${data.documentDigest.slice(0, 16)}`,
      ];
    }),
  );
  if (rows.length === 0) return;
  sheet.heading('What became of it, by the vendor');
  sheet.table(
    [
      { title: 'serial', share: 0.18 },
      { title: 'outcome and downstream', share: 0.22 },
      { title: 'processed (UTC)', share: 0.17 },
      { title: 'reported (UTC)', share: 0.22 },
      { title: 'event', share: 0.21 },
    ],
    rows,
  );
}

/** Late reports that cannot be true beside the end of their custody. */
export function contradictionsIn({ manifest, streams }: ReportContents): readonly string[] {
  return custodiesIn(manifest.subject, streams).flatMap(({ opened, closed, reportedLate }) =>
    reportedLate.flatMap(({ at, data }) => {
      if (closed === null || !contradictsEnd(closed.data.disposition, data)) return [];
      const { serial } = opened.data;
      return `serial ${serial}, closed as ${closed.data.disposition}: reported ${data.outcome}, ${data.downstream}, ${timeText(at)} UTC`;
    }),
  );
}

function reportsOf({ disposed, reportedLate }: CustodyState) {
  return [...(disposed === null ? [] : [disposed]), ...reportedLate];
}
