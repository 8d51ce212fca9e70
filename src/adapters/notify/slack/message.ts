import type { Message } from '../port.ts';

/** A header block holds no more, and neither does the text of a section (Slack's Block Kit reference). */
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;

/**
 * The body for an incoming webhook: blocks, and `text` for notifications and screen readers. Sections are plain text, so
 * nothing in a message can become a mention or a link; in `text` the three characters of Slack's markup are escaped.
 */
export function toSlackMessage({ subject, text }: Message) {
  const sections = text
    .split(/\n{2,}/u)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => ({
      type: 'section',
      text: { type: 'plain_text', text: cut(paragraph, SECTION_LENGTH), emoji: false },
    }));
  return {
    text: escaped(`${subject}\n\n${text}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(subject, HEADER_LENGTH), emoji: false } },
      ...sections,
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
