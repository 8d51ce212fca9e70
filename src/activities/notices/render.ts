/** A message's text: made for the send, from a template and what is known at that moment, and kept nowhere. */
import type { Language } from '../../domain/notices/plan.ts';
import { LANGUAGES } from '../../domain/notices/plan.ts';
import { DE } from './texts/de.ts';
import { EN } from './texts/en.ts';
import { FR } from './texts/fr.ts';
import { TEMPLATES } from './texts/text.ts';
import type { About, Template, Texts } from './texts/text.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, de: DE, fr: FR };

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Rendering {
  readonly template: string;
  readonly language: string;
  /** The `dueDate` is given as a moment and written in the language. */
  readonly about: Omit<About, 'dueDate'> & { readonly dueAt: string };
  /** IANA zone of the date; one that the runtime does not know counts as UTC. */
  readonly timeZone: string;
  /** A paragraph that the recipient's country needs. */
  readonly notice: string | null;
}

/** @throws Error for a template or a language that there is none of. */
export function renderNotice({ template, language, about, timeZone, notice }: Rendering): Rendered {
  if (!isTemplate(template) || !isLanguage(language)) throw new Error(`no text ${template} in ${language}`);
  const { dueAt, ...rest } = about;
  const dueDate = dateIn(language, timeZone, dueAt);
  const { subject, paragraphs } = TEXTS[language][template]({ ...rest, dueDate });
  const all = notice === null ? paragraphs : [...paragraphs, notice];
  return {
    subject: subject.replaceAll(/\s+/gu, ' ').trim(),
    text: `${all.join('\n\n')}\n`,
    html: pageOf(language, all),
  };
}

/** The last characters of a serial: enough to tell two laptops on a desk apart, and too few to look one up. */
export function serialEnd(serial: string | null): string | null {
  return serial === null || serial.length < 8 ? null : serial.slice(-4);
}

function dateIn(language: Language, timeZone: string, at: string): string {
  const moment = new Date(at);
  try {
    return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(moment);
  } catch {
    return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(moment);
  }
}

function pageOf(language: Language, paragraphs: readonly string[]): string {
  const body = paragraphs.map((paragraph) => `<p>${linked(escaped(paragraph)).replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html><html lang="${language}"><body>${body.join('')}</body></html>`;
}

/** A line that is an address can be clicked. */
function linked(escapedText: string): string {
  return escapedText.replaceAll(/^https?:\/\/\S+$/gmu, (address) => `<a href="${address}">${address}</a>`);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function isTemplate(name: string): name is Template {
  return TEMPLATES.some((one) => one === name);
}

function isLanguage(name: string): name is Language {
  return LANGUAGES.some((one) => one === name);
}
