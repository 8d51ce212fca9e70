/** Rows as units: one function per list. `null` where a problem was met. */
import {
  CERTIFICATE_OUTCOMES,
  CERTIFICATE_STATUSES,
  DOWNSTREAMS,
  VENDOR_OUTCOMES,
} from '../../domain/vendor-lines.ts';
import type {
  CertifiedUnit,
  DisposedUnit,
  ReceivedUnit,
  UnitOf,
  VendorList,
} from '../../domain/vendor-lines.ts';
import type { Values } from './cells.ts';
import { codeIn } from './cells.ts';
import type { FieldMapping, MappingOf } from './schema.ts';

/** @param values Of a line without problems so far; more may be met here. */
export function unitOf(mapping: FieldMapping, values: Values): UnitOf[VendorList] | null {
  switch (mapping.list) {
    case 'receipt':
      return received(mapping, values);
    case 'certificate':
      return certified(mapping, values);
    case 'disposition':
      return disposed(mapping, values);
  }
}

function received({ conditions }: MappingOf<'receipt'>, values: Values): ReceivedUnit | null {
  const said = values.get('condition');
  // Without a list of codes a condition is what the vendor calls it.
  const isCoded = Object.keys(conditions).length > 0 && said !== '';
  const condition = isCoded ? values.code<string>('condition', conditions, []) : said;
  if (condition === null) return null;
  return {
    ...unit(values),
    receivedAt: values.get('receivedAt'),
    facility: values.get('facility'),
    condition,
  };
}

function certified(
  { methods, outcomes, statuses }: MappingOf<'certificate'>,
  values: Values,
): CertifiedUnit | null {
  const outcome = values.code('outcome', outcomes, CERTIFICATE_OUTCOMES);
  const status = values.code('status', statuses, CERTIFICATE_STATUSES);
  const how = methodOf(methods, values);
  if (outcome === null || status === null || how === null) return null;
  const { serial, ...of } = unit(values);
  const date = values.get('date');
  const driveSerial = values.get('driveSerial');
  const verifiedBy = who(values, 'verifiedBy');
  const line: CertifiedUnit = {
    // A vendor that numbers nothing: one certificate per unit and day.
    certificateId: values.get('certificateId') || `${serial}@${date.slice(0, 10)}`,
    serial,
    ...of,
    mediaType: values.get('mediaType'),
    mediaSource: values.get('mediaSource'),
    classification: values.get('classification'),
    level: how.level,
    method: how.method,
    tool: values.get('tool'),
    toolVersion: values.get('toolVersion'),
    verificationMethod: values.get('verificationMethod'),
    destination: values.get('destination'),
    sanitizedBy: who(values, 'sanitizedBy'),
    verifiedBy: Object.values(verifiedBy).every((text) => text === '') ? null : verifiedBy,
    status,
    standard: how.standard ?? values.get('standard'),
    outcome,
    date,
  };
  if (driveSerial === '') return line;
  const drive = {
    serial: driveSerial,
    model: values.get('driveModel'),
    outcome,
    level: how.level,
    method: how.method,
  };
  return { ...line, drives: [drive] };
}

const LEVELS = ['clear', 'purge', 'destroy'] as const;

/** By the mapping's word; or by the file's own, where it names the level. */
function methodOf(methods: MappingOf<'certificate'>['methods'], values: Values) {
  const method = values.get('method');
  const known = codeIn(methods, method);
  if (known !== undefined) return known;
  if (values.get('level') === '') {
    if (method !== '') values.refuse('method', 'code-unknown');
    return null;
  }
  const level = values.code('level', {}, LEVELS);
  return level === null ? null : { level, method, standard: undefined };
}

function disposed({ outcomes, downstreams }: MappingOf<'disposition'>, values: Values): DisposedUnit | null {
  const own = VENDOR_OUTCOMES.map((outcome) => ({ outcome, downstream: undefined }));
  const said = values.get('outcome');
  const meant = codeIn(outcomes, said) ?? own.find(({ outcome }) => outcome === said.toLowerCase()) ?? null;
  if (meant === null && said !== '') values.refuse('outcome', 'code-unknown');
  const told = values.get('downstream') !== '';
  const downstream = told
    ? values.code('downstream', downstreams, DOWNSTREAMS)
    : (meant?.downstream ?? 'unknown');
  if (meant === null || downstream === null) return null;
  return { ...unit(values), processedAt: values.get('processedAt'), outcome: meant.outcome, downstream };
}

function unit(values: Values) {
  return {
    serial: values.get('serial'),
    manufacturer: values.get('manufacturer'),
    model: values.get('model'),
    assetTag: values.get('assetTag'),
  };
}

function who(values: Values, role: 'sanitizedBy' | 'verifiedBy') {
  return {
    name: values.get(`${role}Name`),
    title: values.get(`${role}Title`),
    date: values.get(`${role}Date`),
    location: values.get(`${role}Location`),
    contact: values.get(`${role}Contact`),
  };
}
