/** Fills the tenant from a company. */
import type { Company, CompanyDevice, CompanyPerson } from '../core/company.ts';
import { stableId, stableNumber, stableUuid } from '../core/ids.ts';
import { isMeant } from '../core/simulator.ts';
import { registerAutopilot } from './autopilot.ts';
import { DeviceBehaviour } from './options.ts';
import type { GraphUser, ManagedDevice } from './state.ts';
import type { GraphTenant } from './tenant.ts';

const DAY = 86_400_000;
const OPERATING_SYSTEM = { windows: 'Windows', macos: 'macOS', ios: 'iOS', android: 'Android' } as const;
const OS_VERSION = { windows: '10.0.26100.4061', macos: '15.5 (24F74)', ios: '18.5', android: '15' } as const;
const ENROLLMENT = {
  windows: 'windowsAzureADJoin',
  macos: 'appleBulkWithUser',
  ios: 'appleBulkWithUser',
  android: 'userEnrollment',
} as const;

/** Accounts of the people who have one here, and records of the devices that this tenant manages. Nobody is notified. */
export function seedTenant(tenant: GraphTenant, company: Company): void {
  const { context } = tenant;
  const members = company.people.filter(({ identity }) =>
    identity.some((mention) => isMeant(context, mention)),
  );
  for (const person of members) addUser(tenant, person);
  const people = new Map(company.people.map((person) => [person.key, person]));
  const enrolled = Map.groupBy(tenant.state.managedDevices.values(), ({ key }) => key);
  for (const device of company.devices) {
    if (!isMeant(context, device.mdm)) continue;
    for (const { id } of enrolled.get(device.key) ?? []) tenant.state.managedDevices.delete(id);
    for (const { id, key } of tenant.state.autopilot.values())
      if (key === device.key) tenant.state.autopilot.delete(id);
    addDevice(tenant, device, people.get(device.assignedTo ?? ''));
  }
}

function addUser(tenant: GraphTenant, person: CompanyPerson): void {
  const id = userId(tenant, person.key);
  const hired = new Date(tenant.context.now().getTime() - 400 * DAY).toISOString();
  const user: GraphUser = {
    id,
    key: person.key,
    managerId: person.managerKey === undefined ? null : userId(tenant, person.managerKey),
    deletedDateTime: null,
    fields: {
      id,
      accountEnabled: true,
      businessPhones: [],
      country: person.country,
      createdDateTime: hired,
      department: null,
      displayName: `${person.givenName} ${person.familyName}`,
      employeeHireDate: hired,
      employeeId: person.externalId,
      employeeLeaveDateTime: null,
      employeeType: null,
      givenName: person.givenName,
      jobTitle: null,
      mail: person.workEmail,
      mailNickname: person.key,
      mobilePhone: null,
      officeLocation: null,
      onPremisesSyncEnabled: person.onPremises ? true : null,
      preferredLanguage: null,
      signInActivity: null,
      signInSessionsValidFromDateTime: hired,
      surname: person.familyName,
      usageLocation: person.country,
      userPrincipalName: person.workEmail,
      userType: 'Member',
    },
  };
  tenant.state.users.set(id, user);
  const grantId = stableId(44, tenant.context.name, 'grant', person.key);
  tenant.state.grants.set(grantId, {
    id: grantId,
    clientId: stableUuid(tenant.context.name, 'client'),
    consentType: 'Principal',
    principalId: id,
    resourceId: stableUuid(tenant.context.name, 'resource'),
    scope: ' openid profile offline_access',
  });
}

function addDevice(tenant: GraphTenant, device: CompanyDevice, holder: CompanyPerson | undefined): void {
  const behaviour = DeviceBehaviour.parse(device.behaviour);
  const record = enrol(tenant, device, holder, behaviour, 0);
  if (behaviour.autopilot ?? (device.platform === 'windows' && device.ownership === 'corporate'))
    registerAutopilot(tenant, device, behaviour);
  if (behaviour.staleDone) {
    const start = tenant.context.now().getTime() - 365 * DAY;
    record.commands.push({
      kind: 'wipe',
      params: {},
      startDateTime: new Date(start).toISOString(),
      lastUpdatedDateTime: new Date(start + 3_600_000).toISOString(),
      state: 'done',
      visible: true,
    });
  }
  if (holder === undefined || !tenant.state.users.has(userId(tenant, holder.key))) return;
  const deviceId = stableUuid(tenant.context.name, 'azure-device', device.key);
  const id = stableUuid(tenant.context.name, 'directory-device', device.key);
  tenant.state.directoryDevices.set(id, {
    ownerId: userId(tenant, holder.key),
    fields: {
      id,
      deviceId,
      accountEnabled: true,
      displayName: String(record.fields['deviceName']),
      operatingSystem: OPERATING_SYSTEM[device.platform],
      operatingSystemVersion: OS_VERSION[device.platform],
      manufacturer: device.manufacturer,
      model: device.model,
      isManaged: true,
      isCompliant: true,
      managementType: 'MDM',
      deviceOwnership: device.ownership === 'corporate' ? 'Company' : 'Personal',
      trustType: device.platform === 'windows' ? 'AzureAd' : 'Workplace',
      approximateLastSignInDateTime: record.fields.lastSyncDateTime,
      registrationDateTime: String(record.fields['enrolledDateTime']),
      deletedDateTime: null,
    },
  });
}

/** Makes a managed device record; `round` tells enrolments of one device apart, each has another id. */
export function enrol(
  tenant: GraphTenant,
  device: CompanyDevice,
  holder: CompanyPerson | undefined,
  behaviour: DeviceBehaviour,
  round: number,
): ManagedDevice {
  const { context, state } = tenant;
  const id = stableUuid(context.name, 'managed-device', device.key, String(round));
  const now = context.now().getTime();
  const enrolled = new Date(round === 0 ? now - 200 * DAY : now).toISOString();
  const user = holder === undefined ? undefined : state.users.get(userId(tenant, holder.key));
  const isSupervised =
    device.ownership === 'corporate' && (device.platform === 'ios' || device.platform === 'macos');
  const record: ManagedDevice = {
    id,
    key: device.key,
    commands: [],
    behaviour,
    wiped: false,
    dataLeft: null,
    esim: behaviour.esim ? 'present' : null,
    locked: false,
    needsUnlock: false,
    activationLocked: behaviour.activationLock && isSupervised,
    bypassCode: isSupervised ? stableId(26, context.name, 'bypass', device.key).toUpperCase() : null,
    fields: {
      id,
      userId: user?.id ?? null,
      deviceName: `${device.platform.toUpperCase().slice(0, 3)}-${device.key}`,
      managedDeviceName: `${holder?.key ?? 'shared'}_${OPERATING_SYSTEM[device.platform]}_${enrolled.slice(0, 10)}`,
      managedDeviceOwnerType: device.ownership === 'corporate' ? 'company' : 'personal',
      managementState: 'managed',
      enrolledDateTime: enrolled,
      lastSyncDateTime: new Date(behaviour.online ? now - 3_600_000 : now - 3 * DAY).toISOString(),
      operatingSystem: OPERATING_SYSTEM[device.platform],
      osVersion: OS_VERSION[device.platform],
      complianceState: 'compliant',
      jailBroken: 'Unknown',
      managementAgent: behaviour.managementAgent,
      easActivated: false,
      azureADRegistered: true,
      azureADDeviceId: stableUuid(context.name, 'azure-device', device.key),
      deviceEnrollmentType: ENROLLMENT[device.platform],
      deviceRegistrationState: 'registered',
      deviceCategoryDisplayName: 'Unknown',
      isSupervised,
      // Shown to those only who name it in `$select`.
      activationLockBypassCode: null,
      isEncrypted: true,
      emailAddress: holder?.workEmail ?? null,
      userPrincipalName: holder?.workEmail ?? null,
      userDisplayName: holder === undefined ? null : `${holder.givenName} ${holder.familyName}`,
      manufacturer: device.manufacturer,
      model: device.model,
      serialNumber: device.serial,
      imei:
        device.platform === 'ios' || device.platform === 'android'
          ? `35${stableNumber(10_000_000, context.name, device.key)}000000`.slice(0, 15)
          : null,
      phoneNumber: null,
      wiFiMacAddress: stableUuid(context.name, 'mac', device.key)
        .replaceAll('-', '')
        .slice(0, 12)
        .toUpperCase(),
      ethernetMacAddress: null,
      totalStorageSpaceInBytes: 512_110_190_592,
      freeStorageSpaceInBytes: 301_110_190_592,
      physicalMemoryInBytes: 0,
      notes: null,
    },
  };
  state.managedDevices.set(id, record);
  return record;
}

function userId(tenant: GraphTenant, key: string): string {
  return stableUuid(tenant.context.name, 'user', key);
}
