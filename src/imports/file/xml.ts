/**
 * XML as events, as it comes. A document type is refused outright: without one there are no entities to expand and nothing
 * outside to fetch.
 */
import sax from 'sax';
import { FileRefused } from './refused.ts';

export interface XmlHandler {
  /** @param name Without its prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

/** Elements inside elements; no format that is read goes half as deep. */
const DEEPEST = 64;

export interface XmlReader {
  write(text: string): void;
  /** @throws FileRefused when the document is not finished. */
  end(): void;
}

/** @throws FileRefused `not-xml` or `doctype`, out of `write`, with the line. */
export function xmlReader(handler: XmlHandler): XmlReader {
  // The five entities of XML itself, and no HTML.
  const options = { strictEntities: true, position: true };
  const parser = sax.parser(true, options);
  let depth = 0;
  const refuse = (code: 'not-xml' | 'doctype'): never => {
    throw new FileRefused(code, parser.line + 1);
  };
  const text = (piece: string): void => handler.text(piece);
  // A parser of this library is no event target: these properties are all it has.
  Object.assign(parser, {
    onerror: () => refuse('not-xml'),
    ondoctype: () => refuse('doctype'),
    onopentag({ name, attributes }: { name: string; attributes: Readonly<Record<string, string>> }) {
      depth += 1;
      if (depth > DEEPEST) refuse('not-xml');
      handler.open(bare(name), attributes);
    },
    ontext: text,
    oncdata: text,
    onclosetag(name: string) {
      depth -= 1;
      handler.close(bare(name));
    },
  });
  return {
    write: (piece) => void parser.write(piece),
    end: () => void parser.close(),
  };
}

function bare(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
