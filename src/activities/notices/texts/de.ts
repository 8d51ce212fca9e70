import type { About, Texts } from './text.ts';

export const DE: Texts = {
  'return.leaver': (about) => ({
    subject: `Erinnerung: bitte senden Sie Ihr Gerät zurück: ${device(about)}`,
    paragraphs: [
      hello(about),
      `Ihr Gerät ${device(about)} sollte bis zum ${about.dueDate} zurück sein und ist noch nicht eingetroffen.`,
      'Ist es schon unterwegs, müssen Sie nichts weiter tun. Andernfalls senden Sie es bitte jetzt zurück; das Rücksendeetikett, das Sie erhalten haben, gilt weiterhin. Hindert Sie etwas daran, antworten Sie auf diese Nachricht oder wenden Sie sich an den Service Desk Ihres früheren Arbeitgebers.',
      'Vielen Dank.',
    ],
  }),
  'return.manager': (about) => ({
    subject: `Ein Gerät Ihres Teams ist nicht zurückgekommen: ${device(about)}`,
    paragraphs: [
      hello(about),
      `${about.leaverFirstName ?? 'Ein Mitglied Ihres Teams'} ist ausgeschieden. Das Gerät ${device(about)} sollte bis zum ${about.dueDate} zurück sein und ist noch nicht eingetroffen.`,
      'Bitte fragen Sie danach, wenn Sie in Kontakt sind, oder sagen Sie dem Service Desk, was Sie wissen: ob es abgegeben wurde, unterwegs ist oder verloren ging.',
      'Vielen Dank.',
    ],
  }),
  'return.manager-quiet': (about) => ({
    subject: `Ein Gerät Ihres Teams ist nicht zurückgekommen: ${device(about)}`,
    paragraphs: [
      hello(about),
      `Das Gerät ${device(about)} sollte bis zum ${about.dueDate} zurück sein und ist noch nicht eingetroffen.`,
      'Die Person, die es hatte, und ihre Angehörigen werden deswegen nicht angeschrieben. Bitte sagen Sie dem Service Desk, wenn Sie wissen, wo das Gerät ist.',
      'Vielen Dank.',
    ],
  }),
  'overdue.staff': (about) => ({
    subject: `Überfällig: ${what(about)}${about.model === null ? '' : `, ${device(about)}`}`,
    paragraphs: [
      about.exception === null
        ? `Das Gate ${about.gate ?? ''} hat seine Frist, den ${about.dueDate}, überschritten.`
        : `Über die Ausnahme ${about.exception.name} (${about.exception.id}) war bis zum ${about.dueDate} zu entscheiden; sie ist noch offen.`,
      [
        `Fall: ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Gerät: ${device(about)} (${about.deviceId})`]),
      ].join('\n'),
      `Worauf gewartet wird, und wer am Zug ist: handback case show ${about.caseId}`,
    ],
  }),
};

function hello({ firstName }: About): string {
  return firstName === null ? 'Guten Tag,' : `Guten Tag ${firstName},`;
}

function what({ gate, exception }: About): string {
  return exception === null ? `Gate ${gate ?? ''}` : `Ausnahme ${exception.name}`;
}

function device({ model, serialEnd }: About): string {
  const name = model ?? 'ohne Modellangabe';
  return serialEnd === null ? name : `${name} (Seriennummer endet auf ${serialEnd})`;
}
