import type { About, Texts } from './text.ts';

export const FR: Texts = {
  'return.leaver': (about) => ({
    subject: `Rappel : merci de renvoyer votre appareil ${device(about)}`,
    paragraphs: [
      hello(about),
      `Votre appareil ${device(about)} devait être de retour le ${about.dueDate} et n'est pas encore arrivé.`,
      "S'il est en route, vous n'avez rien à faire. Sinon, merci de le renvoyer maintenant ; l'étiquette de retour que vous avez reçue est toujours valable. Si quelque chose vous en empêche, répondez à ce message ou adressez-vous au service informatique de votre ancien employeur.",
      'Merci.',
    ],
  }),
  'return.manager': (about) => ({
    subject: `Un appareil de votre équipe n'est pas revenu : ${device(about)}`,
    paragraphs: [
      hello(about),
      `${about.leaverFirstName ?? 'Un membre de votre équipe'} a quitté l'entreprise. L'appareil ${device(about)} devait être de retour le ${about.dueDate} et n'est pas encore arrivé.`,
      "Merci de le demander si vous êtes en contact, ou de dire au service informatique ce que vous savez : s'il a été remis, s'il est en route, s'il est perdu.",
      'Merci.',
    ],
  }),
  'return.manager-quiet': (about) => ({
    subject: `Un appareil de votre équipe n'est pas revenu : ${device(about)}`,
    paragraphs: [
      hello(about),
      `L'appareil ${device(about)} devait être de retour le ${about.dueDate} et n'est pas encore arrivé.`,
      "La personne qui l'avait ne doit pas être contactée à ce sujet, ses proches non plus. Merci de dire au service informatique si vous savez où il se trouve.",
      'Merci.',
    ],
  }),
  'label.leaver': (about) => ({
    subject: `Comment renvoyer votre appareil ${device(about)}`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `Le colis que vous avez envoyé contenait un autre appareil. Merci pour celui-ci ; votre appareil ${device(about)} manque encore, et voici une autre étiquette pour lui. Merci de le renvoyer avant le ${about.dueDate}, ou dès que possible si ce jour est passé.`
        : `Merci de renvoyer votre appareil ${device(about)} avant le ${about.dueDate}. Le port est payé.`,
      ...(about.parcel?.isAfterVoid === true
        ? ["Une étiquette reçue auparavant n'est plus valable : merci de n'utiliser que celle-ci."]
        : []),
      ...labelLines(about),
      "Comment faire : n'effacez rien, éteignez l'appareil, emballez-le avec son chargeur dans un carton solide, bien protégé, collez l'étiquette à l'extérieur et déposez le colis là où le transporteur les reçoit. Demandez un reçu et gardez-le jusqu'à ce que l'arrivée de l'appareil vous soit confirmée.",
      "L'étiquette vaut pour ce seul appareil : un colis qui en contient un autre ne compte pas. Si vous ne pouvez pas l'envoyer, répondez à ce message ou adressez-vous au service informatique de votre ancien employeur.",
      'Merci.',
    ],
  }),
  'box.leaver': (about) => ({
    subject: `Un carton pour votre appareil est en route : ${device(about)}`,
    paragraphs: [
      hello(about),
      about.parcel?.isAnother === true
        ? `Le colis que vous avez envoyé contenait un autre appareil. Merci pour celui-ci ; votre appareil ${device(about)} manque encore, et un autre carton vide est en route vers vous. Merci de renvoyer l'appareil avant le ${about.dueDate}, ou dès que possible si ce jour est passé.`
        : `Un carton vide est en route vers vous. Merci d'y renvoyer votre appareil ${device(about)} avant le ${about.dueDate}. Le port est payé, et l'étiquette du retour se trouve dans le carton.`,
      ...(about.parcel?.isAfterVoid === true
        ? ["Une étiquette reçue auparavant n'est plus valable : merci de n'utiliser que celle du carton."]
        : []),
      `Le numéro de suivi du carton est ${about.parcel?.trackingCode ?? '–'}.`,
      "Comment faire : n'effacez rien, éteignez l'appareil, emballez-le avec son chargeur, collez à l'extérieur l'étiquette qui se trouve dans le carton et déposez le colis là où le transporteur les reçoit. Demandez un reçu et gardez-le jusqu'à ce que l'arrivée de l'appareil vous soit confirmée.",
      'Merci.',
    ],
  }),
  'label.staff': (about) => ({
    subject: `Une étiquette de retour n'a pas pu être envoyée : ${device(about)}`,
    paragraphs: [
      "L'étiquette ou le carton d'un retour a été acheté, et il n'est pas possible d'écrire à la personne qui doit s'en servir. Merci de faire en sorte qu'elle le reçoive autrement, ou que l'appareil soit retiré chez elle.",
      [
        `Dossier : ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Appareil : ${device(about)} (${about.deviceId})`]),
      ].join('\n'),
      `L'étiquette : handback device return ${about.deviceId ?? ''}. Pourquoi rien n'a été envoyé : handback notification list`,
    ],
  }),
  'overdue.staff': (about) => ({
    subject: `En retard : ${what(about)}${about.model === null ? '' : `, ${device(about)}`}`,
    paragraphs: [
      about.exception === null
        ? `L'étape ${about.gate ?? ''} a dépassé son échéance du ${about.dueDate}.`
        : `L'exception ${about.exception.name} (${about.exception.id}) devait être décidée avant le ${about.dueDate} ; elle est toujours ouverte.`,
      [
        `Dossier : ${about.caseId}`,
        ...(about.deviceId === null ? [] : [`Appareil : ${device(about)} (${about.deviceId})`]),
      ].join('\n'),
      `Ce qui est attendu, et de qui : handback case show ${about.caseId}`,
    ],
  }),
};

function labelLines({ parcel }: About): readonly string[] {
  if (parcel === null) return [];
  const { labelUrl, qrCodeUrl, trackingCode } = parcel;
  return [
    ...(labelUrl === null ? [] : [`Votre étiquette, à imprimer :\n${labelUrl}`]),
    ...(qrCodeUrl === null
      ? []
      : [`Pas d'imprimante ? Montrez ce code en déposant le colis :\n${qrCodeUrl}`]),
    `Le numéro de suivi est ${trackingCode}.`,
  ];
}

function hello({ firstName }: About): string {
  return firstName === null ? 'Bonjour,' : `Bonjour ${firstName},`;
}

function what({ gate, exception }: About): string {
  return exception === null ? `étape ${gate ?? ''}` : `exception ${exception.name}`;
}

function device({ model, serialEnd }: About): string {
  const name = model ?? 'sans indication de modèle';
  return serialEnd === null ? name : `${name} (numéro de série finissant par ${serialEnd})`;
}
