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
  'label.leaver': (about) => ({
    subject: `So senden Sie Ihr Gerät zurück: ${device(about)}`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `Ihr Paket enthielt ein anderes Gerät. Danke dafür; Ihr Gerät ${device(about)} fehlt noch, und hier ist ein weiteres Etikett dafür. Bitte senden Sie es bis zum ${about.dueDate} zurück, oder so bald wie möglich, falls dieser Tag vorüber ist.`
        : `Bitte senden Sie Ihr Gerät ${device(about)} bis zum ${about.dueDate} zurück. Das Porto ist bezahlt.`,
      ...(about.parcel?.isAfterVoid === true
        ? ['Ein Etikett, das Sie vorher bekommen haben, gilt nicht mehr: bitte verwenden Sie nur dieses.']
        : []),
      ...labelLines(about),
      'So geht es: Löschen Sie nichts, schalten Sie das Gerät aus, packen Sie es mit dem Netzteil gut gepolstert in einen festen Karton, kleben Sie das Etikett außen auf und geben Sie das Paket bei einer Annahmestelle des Zustellers ab. Lassen Sie sich einen Beleg geben und heben Sie ihn auf, bis Sie hören, dass das Gerät angekommen ist.',
      'Das Etikett gilt für dieses eine Gerät: ein Paket mit einem anderen darin zählt nicht dafür. Können Sie es nicht senden, antworten Sie auf diese Nachricht oder wenden Sie sich an den Service Desk Ihres früheren Arbeitgebers.',
      'Vielen Dank.',
    ],
  }),
  'box.leaver': (about) => ({
    subject: `Ein Karton für Ihr Gerät ist unterwegs: ${device(about)}`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `Ihr Paket enthielt ein anderes Gerät. Danke dafür; Ihr Gerät ${device(about)} fehlt noch, und ein weiterer leerer Karton ist zu Ihnen unterwegs. Bitte senden Sie es bis zum ${about.dueDate} zurück, oder so bald wie möglich, falls dieser Tag vorüber ist.`
        : `Ein leerer Karton ist zu Ihnen unterwegs. Bitte senden Sie Ihr Gerät ${device(about)} darin bis zum ${about.dueDate} zurück. Das Porto ist bezahlt, und das Etikett für den Rückweg liegt im Karton.`,
      ...(about.parcel?.isAfterVoid === true
        ? [
            'Ein Etikett, das Sie vorher bekommen haben, gilt nicht mehr: bitte verwenden Sie nur das im Karton.',
          ]
        : []),
      `Die Sendungsnummer des Kartons ist ${about.parcel?.trackingCode ?? '–'}.`,
      'So geht es: Löschen Sie nichts, schalten Sie das Gerät aus, packen Sie es mit dem Netzteil ein, kleben Sie das beiliegende Etikett außen auf und geben Sie das Paket bei einer Annahmestelle des Zustellers ab. Lassen Sie sich einen Beleg geben und heben Sie ihn auf, bis Sie hören, dass das Gerät angekommen ist.',
      'Vielen Dank.',
    ],
  }),
  'label.staff': (about) => ({
    subject: `Ein Rücksendeetikett konnte nicht zugestellt werden: ${device(about)}`,
    paragraphs: [
      'Etikett oder Karton für eine Rücksendung wurde gekauft, und die Person, die es braucht, kann nicht angeschrieben werden. Bitte sorgen Sie dafür, dass sie es auf anderem Weg bekommt oder dass das Gerät abgeholt wird.',
      [
        `Fall: ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Gerät: ${device(about)} (${about.deviceId})`]),
      ].join('\n'),
      `Das Etikett: handback device return ${about.deviceId ?? ''}. Warum nichts gesendet wurde: handback notification list`,
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

function labelLines({ parcel }: About): readonly string[] {
  if (parcel === null) return [];
  const { labelUrl, qrCodeUrl, trackingCode } = parcel;
  return [
    ...(labelUrl === null ? [] : [`Ihr Etikett zum Ausdrucken:\n${labelUrl}`]),
    ...(qrCodeUrl === null ? [] : [`Kein Drucker? Zeigen Sie bei der Abgabe diesen Code:\n${qrCodeUrl}`]),
    `Die Sendungsnummer ist ${trackingCode}.`,
  ];
}

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
