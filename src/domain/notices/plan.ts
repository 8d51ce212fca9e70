/** Who is told of what, and where: as an organisation has configured it. */
import type { QuietHours } from '../working-days.ts';

/** Languages that messages are written in. */
export const LANGUAGES = ['en', 'de', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Roles that hear where the configuration says; `leaver` and `manager` are people, and are looked up. */
export const CONFIGURED_ROLES = ['operator', 'asset-manager', 'approver', 'security', 'legal'] as const;

/** One place where a role is told. */
export interface NoticeTarget {
  readonly connector: string;
  /** An e-mail address, or the name of a channel. */
  readonly to: string;
  readonly language?: Language | undefined;
}

/** What differs by country. */
export interface CountryNotice {
  readonly language?: Language | undefined;
  /** A paragraph that is added for people there, by language. */
  readonly notice: Readonly<Partial<Record<Language, string | undefined>>>;
  /** Leavers there are not written to. */
  readonly noChasers: boolean;
}

export interface NoticePlan {
  /** The connector that mails leavers and managers; `null`: nobody's own mailbox is written to. */
  readonly mailPeopleBy: string | null;
  readonly roles: Readonly<Record<string, readonly NoticeTarget[]>>;
  /** Of whoever has no other. */
  readonly language: Language;
  /** IANA zone of people whose own is not known. */
  readonly timeZone: string;
  /** Hours in which people get no mail. */
  readonly quietHours: QuietHours | null;
  /** How long after it was due a message is tried, milliseconds. */
  readonly giveUpAfterMs: number;
  /** By ISO 3166-1 alpha-2. */
  readonly countries: Readonly<Record<string, CountryNotice>>;
}
