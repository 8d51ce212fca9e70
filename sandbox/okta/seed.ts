/** Fills the organisation from a company. */
import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { stableId } from '../core/ids.ts';
import { isMeant } from '../core/simulator.ts';
import type { OktaOrg } from './org.ts';
import type { OktaDevice, OktaUser } from './state.ts';

const CREATED_AGO_MS = 400 * 86_400_000;
const PLATFORM = { windows: 'WINDOWS', macos: 'MACOS', ios: 'IOS', android: 'ANDROID' } as const;

/** Accounts of the people who have one here, with one app's grants and refresh token each, and the devices they registered. */
export function seedOrg(org: OktaOrg, company: Company): void {
  const members = company.people.filter(({ identity }) =>
    identity.some((mention) => isMeant(org.context, mention)),
  );
  const people = new Map(company.people.map((person) => [person.key, person]));
  const here = new Map(members.map((person) => [person.key, person]));
  for (const person of members) addUser(org, person, people.get(person.managerKey ?? ''));
  for (const device of company.devices) {
    const holder = here.get(device.assignedTo ?? '');
    if (device.oktaRegistered && holder !== undefined) addDevice(org, device, holder);
  }
}

function addUser(org: OktaOrg, person: CompanyPerson, manager: CompanyPerson | undefined): void {
  const { state, context } = org;
  const id = userId(org, person.key);
  const created = new Date(context.now().getTime() - CREATED_AGO_MS).toISOString();
  const user: OktaUser = {
    id,
    key: person.key,
    status: 'ACTIVE',
    transitioningToStatus: null,
    created,
    activated: created,
    statusChanged: created,
    lastLogin: created,
    lastUpdated: created,
    profile: {
      login: person.workEmail,
      email: person.workEmail,
      firstName: person.givenName,
      lastName: person.familyName,
      displayName: `${person.givenName} ${person.familyName}`,
      employeeNumber: person.externalId,
      countryCode: person.country,
      timezone: person.timeZone,
      ...(manager === undefined
        ? {}
        : { managerId: manager.externalId, manager: `${manager.givenName} ${manager.familyName}` }),
    },
    sessions: 1,
  };
  if (state.users.has(id)) {
    state.grants = state.grants.filter((grant) => grant.userId !== id);
    state.tokens = state.tokens.filter((token) => token.userId !== id);
  }
  state.users.set(id, user);
  const clientId = `0oa${stableId(17, context.name, 'client')}`;
  for (const scopeId of ['openid', 'offline_access']) {
    state.grants.push({
      id: `oag${stableId(17, context.name, person.key, scopeId)}`,
      userId: id,
      clientId,
      scopeId,
      created,
    });
  }
  state.tokens.push({
    id: `oar${stableId(17, context.name, person.key)}`,
    userId: id,
    clientId,
    scopes: ['openid', 'offline_access'],
    created,
  });
}

function addDevice(org: OktaOrg, device: CompanyDevice, holder: CompanyPerson): void {
  const { state, context } = org;
  const id = `guo${stableId(17, context.name, 'device', device.key)}`;
  const created = new Date(context.now().getTime() - CREATED_AGO_MS).toISOString();
  const entry: OktaDevice = {
    id,
    key: device.key,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    profile: {
      displayName: `${holder.givenName}'s ${device.model}`,
      platform: PLATFORM[device.platform],
      manufacturer: device.manufacturer,
      model: device.model,
      serialNumber: device.serial,
      registered: true,
      secureHardwarePresent: true,
      diskEncryptionType: 'ALL_INTERNAL_VOLUMES',
    },
  };
  if (state.devices.has(id)) state.links = state.links.filter(({ deviceId }) => deviceId !== id);
  state.devices.set(id, entry);
  const managementStatus = device.mdm === null ? 'NOT_MANAGED' : 'MANAGED';
  state.links.push({
    id: `dul${stableId(17, context.name, device.key, holder.key)}`,
    deviceId: id,
    userId: userId(org, holder.key),
    created,
    managementStatus,
  });
}

function userId(org: OktaOrg, key: string): string {
  return `00u${stableId(17, org.context.name, 'user', key)}`;
}
