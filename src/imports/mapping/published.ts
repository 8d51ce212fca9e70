/** The mapping of the published exchange format: its names are ours, its codes too. */
import type { VendorList } from '../../domain/vendor-lines.ts';
import { FIELDS } from './fields.ts';
import type { FieldMapping } from './schema.ts';

const ROLES = /^(sanitizedBy|verifiedBy)([A-Z])(.*)$/u;

/** @param isJson People are objects there: `sanitizedBy.name`. */
export function publishedMapping(list: VendorList, isJson: boolean): FieldMapping {
  const names = Object.keys(FIELDS[list]);
  const columns = Object.fromEntries(names.map((name) => [name, isJson ? inJson(name) : name]));
  const common = { columns, constants: {}, dates: { format: 'iso' }, encoding: 'utf-8' } as const;
  switch (list) {
    case 'receipt':
      return { list, ...common, conditions: {} };
    case 'certificate':
      return { list, ...common, methods: {}, outcomes: {}, statuses: {} };
    case 'disposition':
      return { list, ...common, outcomes: {}, downstreams: {} };
  }
}

function inJson(name: string): string {
  return name.replace(
    ROLES,
    (_all, role: string, first: string, rest: string) => `${role}.${first.toLowerCase()}${rest}`,
  );
}
