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
  'label.leaver': (about) => ({
    subject: `How to send back ${device(about, 'your')}`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `The parcel that you sent held another device. Thank you for that one; ${device(about, 'your')} is still missing, and here is another label for it. Please send it back by ${about.dueDate}, or as soon as you can if that day has passed.`
        : `Please send back ${device(about, 'your')} by ${about.dueDate}. The postage is paid.`,
      ...(about.parcel?.isAfterVoid === true
        ? ['A label that you were given before is not valid any more: please use this one only.']
        : []),
      ...labelLines(about),
      'How it is done: erase nothing, switch the device off, pack it with its charger in a firm box with something soft around it, put the label on the outside, and hand it in where the carrier takes parcels. Ask for a receipt and keep it until you hear that the device has arrived.',
      'The label is for this one device: a parcel with another one in it does not count for it. If you cannot send it, answer this message or ask the service desk of your former employer.',
      'Thank you.',
    ],
  }),
  'box.leaver': (about) => ({
    subject: `A box for ${device(about, 'your')} is on its way to you`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `The parcel that you sent held another device. Thank you for that one; ${device(about, 'your')} is still missing, and another empty box is on its way to you. Please send the device back by ${about.dueDate}, or as soon as you can if that day has passed.`
        : `An empty box is on its way to you. Please send back ${device(about, 'your')} in it by ${about.dueDate}. The postage is paid, and the label for the way back lies in the box.`,
      ...(about.parcel?.isAfterVoid === true
        ? ['A label that you were given before is not valid any more: please use the one in the box only.']
        : []),
      `The box's tracking number is ${about.parcel?.trackingCode ?? '–'}.`,
      'How it is done: erase nothing, switch the device off, pack it with its charger, put the label that lies in the box on the outside, and hand it in where the carrier takes parcels. Ask for a receipt and keep it until you hear that the device has arrived.',
      'Thank you.',
    ],
  }),
  'label.staff': (about) => ({
    subject: `A return label could not be sent to its leaver: ${device(about, null)}`,
    paragraphs: [
      'The label or box for a return was bought, and the person who is to use it cannot be written to. Please see to it that they get it another way, or that the device is fetched.',
      [
        `Case: ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Device: ${device(about, null)} (${about.deviceId})`]),
      ].join('\n'),
      `The label: handback device return ${about.deviceId ?? ''}. Why nothing was sent: handback notification list`,
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

function labelLines({ parcel }: About): readonly string[] {
  if (parcel === null) return [];
  const { labelUrl, qrCodeUrl, trackingCode } = parcel;
  return [
    ...(labelUrl === null ? [] : [`Your label, to print:\n${labelUrl}`]),
    ...(qrCodeUrl === null ? [] : [`No printer? Show this code where you hand the parcel in:\n${qrCodeUrl}`]),
    `The tracking number is ${trackingCode}.`,
  ];
}

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
