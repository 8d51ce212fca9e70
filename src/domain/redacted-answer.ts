/**
 * What a vendor answered to a read-back, redacted: its own names of fields and its own values, of those fields only that an
 * adapter's allow-list names. States, times, ids of a device or its record, serials; never a person's name, an address, a note.
 */
export interface RedactedAnswer {
  readonly [field: string]: RedactedValue;
}

export type RedactedValue = string | number | boolean | null | RedactedAnswer | readonly RedactedAnswer[];
