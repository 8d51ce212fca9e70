/** Pages to write on: headings, paragraphs and tables that go on over page ends. */
// oxlint-disable-next-line import/no-named-as-default -- its types know the default only
import PDFDocument from 'pdfkit';

/** A4, points. */
const MARGIN = 48;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - 64;
const PADDING = 3;

const INK = '#1a1a1a';
const QUIET = '#5f6368';
const LINE = '#c9ccd1';
const SHADE = '#f1f3f4';
const WARNING = '#a50e0e';
const WARNING_SHADE = '#fce8e6';

export interface Column {
  readonly title: string;
  /** Share of the page's width; all of a table add up to 1. */
  readonly share: number;
  /** For digests, ids and numbers. */
  readonly mono?: true;
}

/** A report in the making. Nothing in it depends on the clock or the machine: the same contents give the same bytes. */
export class Sheet {
  private readonly doc: PDFKit.PDFDocument;

  constructor(title: string, at: Date) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      bufferPages: true,
      lang: 'en',
      displayTitle: true,
      info: { Title: title, Creator: 'Handback', Producer: 'Handback', CreationDate: at, ModDate: at },
    });
  }

  title(text: string, below: string): void {
    this.doc.font('Helvetica-Bold').fontSize(20).fillColor(INK).text(latin(text), MARGIN);
    this.doc.font('Helvetica').fontSize(10).fillColor(QUIET).text(latin(below)).moveDown(1);
  }

  heading(text: string): void {
    this.room(70);
    this.doc.moveDown(0.8).font('Helvetica-Bold').fontSize(13).fillColor(INK).text(latin(text), MARGIN);
    this.doc.moveDown(0.3);
  }

  subheading(text: string): void {
    this.room(50);
    this.doc.moveDown(0.4).font('Helvetica-Bold').fontSize(10).fillColor(INK).text(latin(text), MARGIN);
    this.doc.moveDown(0.2);
  }

  paragraph(text: string): void {
    this.doc
      .font('Helvetica')
      .fontSize(9.5)
      .fillColor(INK)
      .text(latin(text), MARGIN, undefined, { width: WIDTH });
    this.doc.moveDown(0.4);
  }

  /** What must not be overlooked, in a box. */
  warning(lines: readonly string[]): void {
    const text = lines.map(latin).join('\n');
    this.doc.font('Helvetica-Bold').fontSize(10);
    const height = this.doc.heightOfString(text, { width: WIDTH - 20 }) + 16;
    this.room(height);
    const top = this.doc.y;
    this.doc.rect(MARGIN, top, WIDTH, height).fillAndStroke(WARNING_SHADE, WARNING);
    this.doc.fillColor(WARNING).text(text, MARGIN + 10, top + 8, { width: WIDTH - 20 });
    this.doc.y = top + height;
    this.doc.moveDown(0.6);
  }

  /** Names with values, one a line. */
  pairs(entries: readonly (readonly [string, string])[]): void {
    const columns: readonly Column[] = [
      { title: '', share: 0.22 },
      { title: '', share: 0.78 },
    ];
    for (const [name, value] of entries) this.row(columns, [name, value], { first: 'Helvetica-Bold' });
    this.doc.moveDown(0.3);
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    this.head(columns);
    for (const row of rows) this.row(columns, row, { again: columns });
    this.doc.moveDown(0.4);
  }

  /** The file. Each page says what it belongs to and how many there are. */
  async finish(footer: string): Promise<Buffer> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.doc.switchToPage(page);
      // Below the margin, where text would begin a new page.
      this.doc.page.margins.bottom = 0;
      this.doc.font('Helvetica').fontSize(7.5).fillColor(QUIET);
      this.doc.text(latin(`${footer} · page ${page + 1} of ${count}`), MARGIN, 808, {
        width: WIDTH,
        lineBreak: false,
      });
    }
    const parts: Buffer[] = [];
    this.doc.end();
    for await (const part of this.doc) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  }

  private head(columns: readonly Column[]): void {
    this.room(40);
    const top = this.doc.y;
    this.doc.rect(MARGIN, top, WIDTH, 15).fill(SHADE);
    this.doc.font('Helvetica-Bold').fontSize(8).fillColor(INK);
    let left = MARGIN;
    for (const { title, share } of columns) {
      this.doc.text(latin(title), left + PADDING, top + 4, {
        width: share * WIDTH - 2 * PADDING,
        lineBreak: false,
      });
      left += share * WIDTH;
    }
    this.doc.y = top + 15;
    this.doc.x = MARGIN;
  }

  private row(
    columns: readonly Column[],
    cells: readonly string[],
    { first, again }: { readonly first?: string; readonly again?: readonly Column[] },
  ): void {
    const texts = cells.map(latin);
    const fonts = columns.map(({ mono }, place) =>
      place === 0 && first !== undefined ? first : mono === true ? 'Courier' : 'Helvetica',
    );
    const heights = columns.map(({ share }, place) => {
      this.doc.font(fonts[place] ?? 'Helvetica').fontSize(8);
      return this.doc.heightOfString(texts[place] ?? '', { width: share * WIDTH - 2 * PADDING });
    });
    const height = Math.max(...heights) + 2 * PADDING;
    if (this.room(height) && again !== undefined) this.head(again);
    const top = this.doc.y;
    let left = MARGIN;
    for (const [place, { share }] of columns.entries()) {
      this.doc
        .font(fonts[place] ?? 'Helvetica')
        .fontSize(8)
        .fillColor(INK);
      this.doc.text(texts[place] ?? '', left + PADDING, top + PADDING, {
        width: share * WIDTH - 2 * PADDING,
      });
      left += share * WIDTH;
    }
    this.doc
      .moveTo(MARGIN, top + height)
      .lineTo(MARGIN + WIDTH, top + height)
      .lineWidth(0.4)
      .stroke(LINE);
    this.doc.y = top + height;
    this.doc.x = MARGIN;
  }

  /** @returns Whether a new page was begun for it. */
  private room(height: number): boolean {
    if (this.doc.y + height <= BOTTOM) return false;
    this.doc.addPage();
    return true;
  }
}

/** The standard fonts have Windows-1252 only; what they have not is shown as a question mark, and is whole in the events. */
function latin(text: string): string {
  return text
    .replace(/[\n\r\t]+/gu, (space) => (space.includes('\n') ? '\n' : ' '))
    .replace(/[^\n\u0020-\u007e\u00a0-\u00ff–—‘’“”•…€]/gu, '?');
}
