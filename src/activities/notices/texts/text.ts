/** What a text is made from. Names: the first name only; of the serial, its last characters. */
export interface About {
  readonly firstName: string | null;
  readonly leaverFirstName: string | null;
  readonly model: string | null;
  readonly serialEnd: string | null;
  /** The deadline that has passed, or that is to be kept, as a date in the text's own language. */
  readonly dueDate: string;
  readonly gate: string | null;
  /** Of messages that bring a label or announce a box. */
  readonly parcel: Parcel | null;
  readonly exception: { readonly id: string; readonly name: string } | null;
  readonly caseId: string;
  readonly deviceId: string | null;
}

/** What brings a device back. */
export interface Parcel {
  readonly labelUrl: string | null;
  /** A code that a shop prints the label from. */
  readonly qrCodeUrl: string | null;
  readonly trackingCode: string;
  /** The parcel before held another device. */
  readonly isAnother: boolean;
  /** The label before is void. */
  readonly isAfterVoid: boolean;
}

export interface Text {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

export const TEMPLATES = [
  'return.leaver',
  'return.manager',
  'return.manager-quiet',
  'label.leaver',
  'box.leaver',
  'label.staff',
  'overdue.staff',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** The texts of one language. */
export type Texts = Readonly<Record<Template, (about: About) => Text>>;
