/** The company of the demo: twenty people, thirty devices. What happens to whom is in `stories/`. */

/** A person as the sandbox's company document has it. */
export interface CastPerson {
  readonly key: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly workEmail: string;
  readonly externalId: string;
  readonly country: string;
  readonly timeZone: string;
  readonly managerKey?: string;
  readonly identity: readonly ('okta' | 'graph')[];
}

/** A device as the sandbox's company document has it. */
export interface CastDevice {
  readonly key: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly platform: 'windows' | 'macos' | 'ios' | 'android';
  readonly ownership: 'corporate';
  readonly assetTag: string;
  readonly assignedTo: string;
  readonly mdm: 'graph';
  readonly inventory: boolean;
  readonly oktaRegistered: boolean;
  readonly behaviour: Readonly<Record<string, unknown>>;
}

type Kind = 'laptop' | 'mac' | 'iphone' | 'android';

const MODELS = {
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
  readonly device?: Partial<Pick<CastDevice, 'inventory' | 'oktaRegistered' | 'behaviour'>>;
}

const US = ['US', 'America/Chicago'] as const;
const DE = ['DE', 'Europe/Berlin'] as const;

/** By key. The manager comes first; those named in a story follow; the others stay. */
const MEMBERS: Readonly<Record<string, Member>> = {
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
};

export const PEOPLE: readonly CastPerson[] = Object.entries(MEMBERS).map(
  ([key, { name, at, place }], index) => ({
    key,
    givenName: name[0],
    familyName: name[1],
    workEmail: `${key}@handback.example`,
    externalId: `E-${100 + index}`,
    country: place[0],
    timeZone: place[1],
    ...(key === 'maya' ? {} : { managerKey: 'maya' }),
    identity: at,
  }),
);

export const DEVICES: readonly CastDevice[] = Object.entries(MEMBERS).flatMap(([holder, member], index) =>
  member.has.map((kind): CastDevice => {
    const { prefix, ...hardware } = MODELS[kind];
    return {
      key: `${holder}-${kind}`,
      serial: `${prefix}${holder.slice(0, 3).toUpperCase()}${200 + index}`,
      ...hardware,
      ownership: 'corporate',
      assetTag: `HB-${kind.slice(0, 1).toUpperCase()}${100 + index}`,
      assignedTo: holder,
      mdm: 'graph',
      inventory: true,
      oktaRegistered: false,
      behaviour: {},
      ...member.device,
    };
  }),
);

export type PersonKey = string;

/** @throws Error when nobody has that key. */
export function personOf(key: PersonKey): CastPerson {
  const person = PEOPLE.find((one) => one.key === key);
  if (person === undefined) throw new Error(`nobody in the cast has the key ${key}`);
  return person;
}

export function nameOf(key: PersonKey): string {
  const { givenName, familyName } = personOf(key);
  return `${givenName} ${familyName}`;
}

export function devicesOf(key: PersonKey): readonly CastDevice[] {
  return DEVICES.filter((device) => device.assignedTo === key);
}

/** Where the label is sent, and the device comes from. Streets of nobody. */
export function addressOf({ country }: CastPerson): Readonly<Record<string, string>> {
  return country === 'DE'
    ? { street1: 'Musterweg 5', city: 'Berlin', zip: '10115', country: 'DE' }
    : { street1: '12 Sample Road', city: 'Chicago', state: 'IL', zip: '60601', country: 'US' };
}
