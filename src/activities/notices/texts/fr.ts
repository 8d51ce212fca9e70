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
