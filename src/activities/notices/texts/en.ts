import type { About, Texts } from './text.ts';

export const EN: Texts = {
  'return.leaver': (about) => ({
    subject: `Reminder: please send back ${device(about, 'your')}`,
    paragraphs: [
      hello(about),
      `${capital(device(about, 'your'))} was due back on ${about.dueDate} and has not arrived yet.`,
      'If it is on its way, there is nothing you need to do. Otherwise please send it back now; the return label that you were given is still valid. If something keeps you from it, answer this message or ask the service desk of your former employer.',
      'Thank you.',
    ],
  }),
  'return.manager': (about) => ({
    subject: `A device of your team has not come back: ${device(about, 'the')}`,
    paragraphs: [
      hello(about),
      `${about.leaverFirstName ?? 'A member of your team'} has left, and ${device(about, 'the')} was due back on ${about.dueDate}. It has not arrived yet.`,
      'Please ask for it if you are in touch, or tell the service desk what you know: whether it was handed in, whether it is on its way, whether it is lost.',
      'Thank you.',
    ],
  }),
  'return.manager-quiet': (about) => ({
    subject: `A device of your team has not come back: ${device(about, 'the')}`,
    paragraphs: [
      hello(about),
      `${capital(device(about, 'the'))} was due back on ${about.dueDate} and has not arrived yet.`,
      'The person who had it is not to be written to about this, and neither are their relatives. Please tell the service desk if you know where the device is.',
      'Thank you.',
    ],
  }),
  'overdue.staff': (about) => ({
    subject: `Overdue: ${what(about)}${about.model === null ? '' : `, ${device(about, null)}`}`,
    paragraphs: [
      about.exception === null
        ? `The gate ${about.gate ?? ''} is past its deadline of ${about.dueDate}.`
        : `The exception ${about.exception.name} (${about.exception.id}) was to be decided by ${about.dueDate} and is still open.`,
      [
        `Case: ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Device: ${device(about, null)} (${about.deviceId})`]),
      ].join('\n'),
      `What is waited for, and whose move it is: handback case show ${about.caseId}`,
    ],
  }),
};

function hello({ firstName }: About): string {
  return firstName === null ? 'Hello,' : `Hello ${firstName},`;
}

function what({ gate, exception }: About): string {
  return exception === null ? `gate ${gate ?? ''}` : `exception ${exception.name}`;
}

function device({ model, serialEnd }: About, whose: 'your' | 'the' | null): string {
  const name = [...(whose === null ? [] : [whose]), model ?? 'device'].join(' ');
  return serialEnd === null ? name : `${name} (serial number ending in ${serialEnd})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
