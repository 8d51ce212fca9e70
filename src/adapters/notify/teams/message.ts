import type { Message } from '../port.ts';

/** A message may have about 28 KB; a text of ours never comes near it unless somebody configured one. */
const TEXT_LENGTH = 4_000;

/**
 * A message with one Adaptive Card: what both kinds of webhooks take (Microsoft's pages on incoming webhooks and on the
 * Teams webhook trigger of workflows). Text blocks read a subset of Markdown, so its characters are escaped.
 */
export function toTeamsMessage({ subject, text }: Message) {
  const paragraphs = text.split(/\n{2,}/u).filter((paragraph) => paragraph.trim() !== '');
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: plain(subject), weight: 'Bolder', size: 'Medium', wrap: true },
            ...paragraphs.map((paragraph) => ({ type: 'TextBlock', text: plain(paragraph), wrap: true })),
          ],
        },
      },
    ],
  };
}

/** Single line breaks are kept by a list or by two blanks at the end of a line; here by the latter. */
function plain(text: string): string {
  const short = text.length <= TEXT_LENGTH ? text : `${text.slice(0, TEXT_LENGTH - 1)}…`;
  return short.replaceAll(/[\\`*_[\]~#]/gu, String.raw`\$&`).replaceAll('\n', '  \n');
}
