/** Entering what became of an asset when its record is closed: that one column. */
import { ConnectorError } from '../../errors.ts';
import type { DispositionPlace } from '../port.ts';
import { changedMeanwhile, changesOf, patch } from './close.ts';
import { readRow } from './read.ts';
import type { Books } from './read.ts';
import { valueOf } from './schema.ts';

/** `undefined` where the settings name no column for it. */
export function dispositionPlace(books: Books): DispositionPlace | undefined {
  const { connector, settings } = books.client;
  const { dispositionField } = settings;
  if (dispositionField === undefined) return undefined;
  return {
    async enterDisposition(externalId, disposition, options) {
      const operation = 'enter disposition';
      const row = await readRow(books.client, externalId, options);
      if (row === null) throw new ConnectorError('not-found', connector, operation);
      if (valueOf(row, dispositionField) === disposition) return;
      const written = await patch(books, externalId, { [dispositionField]: disposition }, options);
      if (changesOf(written) > changesOf(row) + 1) throw changedMeanwhile(books.client, operation);
    },
  };
}
