/** Settings as rows of a table: read from the JSON Schema of the zod schema that checks them. */
import { z } from 'zod';

const Node = z.looseObject({
  type: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
});
type Node = z.infer<typeof Node>;

export interface SettingRow {
  /** `hook.secret`; a list's entries are `tokens[].id`. */
  readonly path: string;
  readonly kind: string;
  /** As it would stand in the file; `required`, or an empty text where it may be left out without a default. */
  readonly standard: string;
}

/** Every setting of a schema, nested ones by their whole path, in the order of the schema. */
export function settingRows(schema: z.ZodType): readonly SettingRow[] {
  const whole = Node.parse(
    z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }),
  );
  return rowsOf(whole, '');
}

function rowsOf(node: Node, path: string): readonly SettingRow[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return rowOf(Node.parse(value), at, (node.required ?? []).includes(key));
  });
}

function rowOf(node: Node, path: string, required: boolean): readonly SettingRow[] {
  const own = { path, kind: kindOf(node), standard: standardOf(node, required) };
  if (node.properties !== undefined) {
    // A section with only defaults inside says nothing of its own.
    const inside = rowsOf(node, path);
    return node.default === undefined ? [own, ...inside] : inside;
  }
  const item = node.items === undefined ? null : Node.parse(node.items);
  return item?.properties === undefined ? [own] : [own, ...rowsOf(item, `${path}[]`)];
}

function standardOf(node: Node, required: boolean): string {
  if (node.default === undefined) return required ? 'required' : '';
  return typeof node.default === 'string' ? code(node.default) : code(JSON.stringify(node.default));
}

function kindOf(node: Node): string {
  if (node.anyOf !== undefined) return node.anyOf.map((one) => kindOf(Node.parse(one))).join(' or ');
  if (node.enum !== undefined) return node.enum.map((value) => code(String(value))).join(', ');
  if (node.const !== undefined) return code(JSON.stringify(node.const).replaceAll('"', ''));
  if (node.pattern?.includes('(ms|s|m|h|d)') === true) return 'duration';
  if (node.format === 'uri') return 'URL';
  switch (node.type) {
    case 'string':
      return `text${lengths(node)}`;
    case 'integer':
    case 'number':
      return `${node.type === 'integer' ? 'whole number' : 'number'}${bounds(node)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list of ${node.items === undefined ? 'values' : kindOf(Node.parse(node.items))}`;
    case 'object':
      return node.properties === undefined ? 'map' : 'section';
    default:
      return node.type ?? 'anything';
  }
}

function bounds({ minimum, maximum, exclusiveMinimum }: Node): string {
  const parts = [
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? [] : [`≥ ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`≤ ${maximum}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function lengths({ minLength, maxLength }: Node): string {
  if (minLength !== undefined && minLength === maxLength) return ` (${minLength} characters)`;
  const parts = [
    ...(minLength === undefined || minLength <= 1 ? [] : [`at least ${minLength}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')} characters)`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table; a bar inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
