/** The company of the demo. What happens to whom is in `stories/`. */
import { MEMBERS, MODELS } from './members.ts';

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
  readonly ownership: 'corporate' | 'personal';
  readonly assetTag: string;
  readonly assignedTo: string;
  readonly mdm: 'graph';
  readonly inventory: boolean;
  readonly oktaRegistered: boolean;
  readonly behaviour: Readonly<Record<string, unknown>>;
}

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
