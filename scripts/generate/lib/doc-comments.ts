/** Doc comments of a settings file, by the path of the key that they stand above: the source says what a setting means. */

/**
 * @param source A TypeScript file as the formatter leaves it: two blanks for each level.
 * @returns Key paths within one object (`hook.secret`) to the comment's text on one line. Where two objects of a file have
 * the same path, the last counts.
 */
export function docComments(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open: { readonly indent: number; readonly key: string }[] = [];
  let comment: string | null = null;
  for (const { text, isComment, indent } of pieces(source)) {
    if (isComment) {
      comment = text;
      continue;
    }
    const key = /^([a-zA-Z]\w*):/u.exec(text)?.[1];
    if (key !== undefined) {
      while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
      open.push({ indent, key });
      if (comment !== null) found.set(open.map((one) => one.key).join('.'), comment);
    } else if (indent === 0) open.length = 0;
    comment = null;
  }
  return found;
}

interface Piece {
  readonly text: string;
  readonly isComment: boolean;
  readonly indent: number;
}

function* pieces(source: string): Iterable<Piece> {
  const lines = source.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const text = line.trim();
    const indent = line.length - line.trimStart().length;
    if (text === '') continue;
    if (!text.startsWith('/**')) {
      yield { text, isComment: false, indent };
      continue;
    }
    const from = at;
    while (at < lines.length - 1 && !(lines[at] ?? '').includes('*/')) at += 1;
    const whole = lines.slice(from, at + 1).map((one) =>
      one
        .trim()
        .replace(/^\/?\*+\/?/u, '')
        .replace(/\*+\/$/u, '')
        .trim(),
    );
    yield { text: whole.filter((one) => one !== '').join(' '), isComment: true, indent };
  }
}
