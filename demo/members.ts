/** Who works at the company of the demo, and what they have. */
import type { CastDevice } from './cast.ts';

type Kind = 'laptop' | 'mac' | 'iphone' | 'android';

export const MODELS = {
  laptop: { manufacturer: 'Lenovo', model: 'ThinkPad T14', platform: 'windows', prefix: 'PF3' },
  mac: { manufacturer: 'Apple', model: 'MacBook Air', platform: 'macos', prefix: 'C02' },
  iphone: { manufacturer: 'Apple', model: 'iPhone 15', platform: 'ios', prefix: 'F17' },
  android: { manufacturer: 'Samsung', model: 'Galaxy S24', platform: 'android', prefix: 'R5C' },
} as const;

const OKTA_AND_ENTRA = ['okta', 'graph'] as const;
const ENTRA = ['graph'] as const;

interface Member {
  readonly name: readonly [given: string, family: string];
  readonly at: readonly ('okta' | 'graph')[];
  readonly place: readonly [country: string, timeZone: string];
  readonly has: readonly Kind[];
  readonly device?: Partial<Pick<CastDevice, 'ownership' | 'inventory' | 'oktaRegistered' | 'behaviour'>>;
}

const US = ['US', 'America/Chicago'] as const;
const DE = ['DE', 'Europe/Berlin'] as const;

/**
 * By key. The manager comes first, then whom a story names, then those who stay; the rest came later, and numbers go by place.
 */
export const MEMBERS: Readonly<Record<string, Member>> = {
  maya: { name: ['Maya', 'Okafor'], at: OKTA_AND_ENTRA, place: US, has: ['mac', 'iphone'] },
  ada: {
    name: ['Ada', 'Lindqvist'],
    at: OKTA_AND_ENTRA,
    place: US,
    has: ['laptop'],
    device: { oktaRegistered: true },
  },
  bruno: { name: ['Bruno', 'Costa'], at: ENTRA, place: DE, has: ['mac', 'iphone'] },
  chen: {
    name: ['Chen', 'Wu'],
    at: OKTA_AND_ENTRA,
    place: US,
    has: ['laptop'],
    device: { behaviour: { online: false } },
  },
  dana: {
    name: ['Dana', 'Petrova'],
    at: OKTA_AND_ENTRA,
    place: US,
    has: ['laptop'],
    device: { behaviour: { wipe: 'failed' } },
  },
  emeka: { name: ['Emeka', 'Obi'], at: ENTRA, place: US, has: ['laptop'] },
  freya: { name: ['Freya', 'Jensen'], at: OKTA_AND_ENTRA, place: DE, has: [] },
  goran: { name: ['Goran', 'Novak'], at: OKTA_AND_ENTRA, place: DE, has: ['laptop', 'android'] },
  hana: {
    name: ['Hana', 'Sato'],
    at: OKTA_AND_ENTRA,
    place: US,
    has: ['laptop'],
    device: { inventory: false, oktaRegistered: true },
  },
  ivan: { name: ['Ivan', 'Ruiz'], at: OKTA_AND_ENTRA, place: US, has: ['laptop'] },
  jonas: {
    name: ['Jonas', 'Weber'],
    at: OKTA_AND_ENTRA,
    place: DE,
    has: ['laptop'],
    device: { behaviour: { staleDone: true } },
  },
  kofi: { name: ['Kofi', 'Mensah'], at: OKTA_AND_ENTRA, place: US, has: ['laptop', 'android'] },
  lena: { name: ['Lena', 'Vogel'], at: OKTA_AND_ENTRA, place: DE, has: ['mac', 'iphone'] },
  milo: { name: ['Milo', 'Hartmann'], at: ENTRA, place: DE, has: ['laptop', 'android'] },
  noor: { name: ['Noor', 'Haddad'], at: OKTA_AND_ENTRA, place: US, has: ['mac', 'iphone'] },
  olga: { name: ['Olga', 'Nowak'], at: OKTA_AND_ENTRA, place: DE, has: ['laptop', 'android'] },
  pavel: { name: ['Pavel', 'Dvorak'], at: ENTRA, place: DE, has: ['laptop', 'iphone'] },
  quinn: { name: ['Quinn', 'Murphy'], at: OKTA_AND_ENTRA, place: US, has: ['mac', 'iphone'] },
  rosa: { name: ['Rosa', 'Marin'], at: OKTA_AND_ENTRA, place: US, has: ['laptop', 'android'] },
  sven: { name: ['Sven', 'Berg'], at: OKTA_AND_ENTRA, place: DE, has: ['laptop'] },
  tara: { name: ['Tara', 'Lund'], at: OKTA_AND_ENTRA, place: DE, has: ['laptop'] },
  uri: { name: ['Uri', 'Baran'], at: OKTA_AND_ENTRA, place: US, has: ['laptop'] },
  vera: {
    name: ['Vera', 'Moss'],
    at: OKTA_AND_ENTRA,
    place: US,
    has: ['iphone'],
    device: { ownership: 'personal', inventory: false },
  },
  wim: { name: ['Wim', 'Janssen'], at: OKTA_AND_ENTRA, place: DE, has: ['laptop'] },
  xenia: {
    name: ['Xenia', 'Popa'],
    at: ENTRA,
    place: DE,
    has: ['android'],
    device: { behaviour: { online: false } },
  },
  // The site that closes.
  abel: { name: ['Abel', 'Kruger'], at: ENTRA, place: DE, has: ['laptop'] },
  bela: { name: ['Bela', 'Farkas'], at: ENTRA, place: DE, has: ['laptop'] },
  cora: { name: ['Cora', 'Schmitt'], at: ENTRA, place: DE, has: ['laptop'] },
  dario: { name: ['Dario', 'Conti'], at: ENTRA, place: DE, has: ['laptop'] },
  elif: { name: ['Elif', 'Aydin'], at: ENTRA, place: DE, has: ['laptop'] },
  finn: { name: ['Finn', 'Larsen'], at: ENTRA, place: DE, has: ['laptop'] },
  gita: { name: ['Gita', 'Rao'], at: ENTRA, place: DE, has: ['laptop'] },
  hugo: { name: ['Hugo', 'Blanc'], at: ENTRA, place: DE, has: ['laptop'] },
};
