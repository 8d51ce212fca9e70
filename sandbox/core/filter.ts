/**
 * Filter expressions: the part that SCIM-style filters (Okta's `filter` and `search`) and OData's `$filter` share,
 * enough for looking things up: comparisons, `and`, `or`, `not`, parentheses; SCIM's `sw co ew pr`; OData's `startswith()` and `contains()`.
 * Strings may stand in double quotes (SCIM) or single quotes (OData, doubled to escape).
 */

/** A filter that cannot be read. Vendors answer 400 with their own code. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
}

type Predicate = (item: unknown) => boolean;
type Literal = string | number | boolean | null;
interface Token {
  readonly kind: 'word' | 'text' | 'punctuation';
  readonly value: string;
}

const COMPARE: Readonly<Record<string, (left: unknown, right: Literal) => boolean>> = {
  eq: (left, right) => same(left, right),
  ne: (left, right) => !same(left, right),
  gt: (left, right) => order(left, right) > 0,
  ge: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  le: (left, right) => order(left, right) <= 0,
  sw: (left, right) => text(left).startsWith(text(right)),
  ew: (left, right) => text(left).endsWith(text(right)),
  co: (left, right) => text(left).includes(text(right)),
};

const FUNCTIONS: Readonly<Record<string, (whole: string, part: string) => boolean>> = {
  startswith: (whole, part) => whole.startsWith(part),
  contains: (whole, part) => whole.includes(part),
};

/** Compiles an expression to a predicate over plain objects. Paths go through arrays (any element may match). Throws FilterSyntaxError. */
export function compileFilter(expression: string): Predicate {
  const tokens = tokenize(expression);
  let position = 0;
  const peek = (): Token | undefined => tokens[position];
  const take = (): Token => {
    const token = tokens[position++];
    if (token === undefined) throw new FilterSyntaxError(`the expression ends too early: ${expression}`);
    return token;
  };
  const isWord = (word: string): boolean => peek()?.kind === 'word' && peek()?.value.toLowerCase() === word;
  const expect = (value: string): void => {
    if (take().value !== value) throw new FilterSyntaxError(`expected ${value} in: ${expression}`);
  };

  const any = (): Predicate => {
    const parts = [all()];
    while (isWord('or')) {
      position += 1;
      parts.push(all());
    }
    return (item) => parts.some((part) => part(item));
  };
  const all = (): Predicate => {
    const parts = [one()];
    while (isWord('and')) {
      position += 1;
      parts.push(one());
    }
    return (item) => parts.every((part) => part(item));
  };
  const one = (): Predicate => {
    if (isWord('not')) {
      position += 1;
      const inner = one();
      return (item) => !inner(item);
    }
    if (peek()?.value === '(' && peek()?.kind === 'punctuation') {
      position += 1;
      const inner = any();
      expect(')');
      return inner;
    }
    const path = word();
    const match = Object.hasOwn(FUNCTIONS, path) ? FUNCTIONS[path] : undefined;
    if (match !== undefined && peek()?.value === '(') {
      position += 1;
      const target = word();
      expect(',');
      const part = text(literal());
      expect(')');
      return (item) => valuesAt(item, target).some((value) => match(text(value), part));
    }
    const operator = word().toLowerCase();
    if (operator === 'pr') return (item) => valuesAt(item, path).length > 0;
    const compare = Object.hasOwn(COMPARE, operator) ? COMPARE[operator] : undefined;
    if (compare === undefined) throw new FilterSyntaxError(`unknown operator ${operator} in: ${expression}`);
    const right = literal();
    return (item) => {
      const values = valuesAt(item, path);
      if (values.length === 0)
        return operator === 'ne' ? right !== null : operator === 'eq' && right === null;
      return operator === 'ne'
        ? values.every((value) => compare(value, right))
        : values.some((value) => compare(value, right));
    };
  };
  const word = (): string => {
    const token = take();
    if (token.kind !== 'word')
      throw new FilterSyntaxError(`expected a name, found ${token.value} in: ${expression}`);
    return token.value;
  };
  const literal = (): Literal => {
    const token = take();
    if (token.kind === 'text') return token.value;
    if (token.kind === 'punctuation')
      throw new FilterSyntaxError(`expected a value, found ${token.value} in: ${expression}`);
    if (token.value === 'true' || token.value === 'false') return token.value === 'true';
    if (token.value === 'null') return null;
    // OData writes dates and GUIDs bare.
    return /^-?\d+(\.\d+)?$/.test(token.value) ? Number(token.value) : token.value;
  };

  const predicate = any();
  if (position < tokens.length)
    throw new FilterSyntaxError(`cannot read from ${peek()?.value} on in: ${expression}`);
  return predicate;
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([(),])|([^\s(),"']+))/y;
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(expression);
    if (match === null) throw new FilterSyntaxError(`cannot read: ${expression}`);
    const [, double, single, punctuation, bare] = match;
    if (double !== undefined) tokens.push({ kind: 'text', value: double.replaceAll(/\\(.)/g, '$1') });
    else if (single !== undefined) tokens.push({ kind: 'text', value: single.replaceAll("''", "'") });
    else if (punctuation !== undefined) tokens.push({ kind: 'punctuation', value: punctuation });
    else tokens.push({ kind: 'word', value: bare ?? '' });
  }
  return tokens;
}

function valuesAt(item: unknown, path: string): unknown[] {
  let values: unknown[] = [item];
  for (const key of path.split(/[./]/)) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (Array.isArray(value))
        return value.map((element: unknown) =>
          typeof element === 'object' && element !== null ? Reflect.get(element, key) : undefined,
        );
      return [Reflect.get(value, key)];
    });
  }
  return values.flat().filter((value) => value !== undefined && value !== null);
}

function text(value: unknown): string {
  return String(value).toLowerCase();
}

function same(left: unknown, right: Literal): boolean {
  if (typeof left === 'string' || typeof right === 'string') return text(left) === text(right);
  return left === right;
}

function order(left: unknown, right: Literal): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [Date.parse(String(left)), Date.parse(String(right))];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0;
}
