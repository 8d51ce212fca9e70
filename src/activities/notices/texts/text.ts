/** What a text is made from. Names: the first name only; of the serial, its last characters. */
export interface About {
  readonly firstName: string | null;
  readonly leaverFirstName: string | null;
  readonly model: string | null;
  readonly serialEnd: string | null;
  /** The deadline that has passed, as a date in the text's own language. */
  readonly dueDate: string;
  readonly gate: string | null;
  readonly exception: { readonly id: string; readonly name: string } | null;
  readonly caseId: string;
  readonly deviceId: string | null;
}

export interface Text {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

export const TEMPLATES = [
  'return.leaver',
  'return.manager',
  'return.manager-quiet',
  'overdue.staff',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** The texts of one language. */
export type Texts = Readonly<Record<Template, (about: About) => Text>>;
