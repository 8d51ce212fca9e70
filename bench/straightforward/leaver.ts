/** One workflow per leaver: find the devices, cut access, wipe, wait for the return, the disposal and the books. */
import { condition, setHandler } from '@temporalio/workflow';
import { presence } from '../../src/domain/gone.ts';
import { guard } from '../../src/domain/guard.ts';
import type { HolderReading } from '../../src/domain/guard.ts';
import { matchDevices } from '../../src/domain/matching.ts';
import type { MatchedDevice, SourceAnswer } from '../../src/domain/matching.ts';
import type { AccessItemReading } from '../../src/domain/access.ts';
import { ask, once } from './asking.ts';
import { certified, returned, wipeEnded } from './messages.ts';
import type { Certified, LeaverInput } from './messages.ts';
import type { Person } from './person.ts';

/** A device that all sources agree on, as far as the steps need it. */
interface Device {
  readonly serial: string;
  readonly mdmId: string;
  readonly assetId: string;
  readonly matched: MatchedDevice;
}

export async function offboardLeaver({ oktaId }: LeaverInput): Promise<string> {
  const wipes = new Map<string, string>();
  const back = new Set<string>();
  const certificates = new Map<string, Certified>();
  setHandler(wipeEnded, ({ serial, state }) => void wipes.set(serial, state));
  setHandler(returned, ({ serial }) => void back.add(serial));
  setHandler(certified, (certificate) => void certificates.set(certificate.serial, certificate));

  const account = await ask.readOktaPerson(oktaId);
  if (account?.state !== 'deactivated') return 'still-here';
  const { person, devices } = await discover(oktaId, account);
  await ask.registerDevices(
    oktaId,
    devices.map(({ serial, mdmId }) => ({ serial, mdmId })),
  );
  await cutAccess(person);
  await Promise.all(devices.map(dispose));
  await ask.completeLeaver(oktaId);
  return 'completed';

  async function dispose(device: Device): Promise<void> {
    const { serial, assetId } = device;
    await Promise.all([wipe(person, device), condition(() => back.has(serial))]);
    await ask.markStaged(serial);
    await condition(() => certificates.has(serial));
    const { certificateId, date } = certificates.get(serial) ?? { certificateId: '', date: '' };
    const closure = {
      state: 'disposed',
      at: date,
      reference: certificateId,
      custody: `leaver:${oktaId}`,
    } as const;
    await ask.closeAsset(assetId, closure);
    if (!(await ask.isAssetClosed(assetId, closure))) throw new Error('the inventory does not say disposed');
  }

  async function wipe(of: Person, device: Device): Promise<void> {
    const codes = guard(await readGuard(of, device));
    if (codes.length > 0) throw new Error(`the wipe is refused: ${codes.join(', ')}`);
    await once.sendWipe(device.serial, device.mdmId);
    await condition(() => wipes.has(device.serial));
    if (wipes.get(device.serial) !== 'done') throw new Error('the wipe failed');
  }
}

/** Asks every source, and matches what they know by serial. */
async function discover(
  oktaId: string,
  account: { readonly employeeNumber: string | null; readonly workEmail: string | null },
) {
  const { employeeNumber, workEmail } = account;
  const inEntra = ask.findEntraPersons({ employeeNumber, workEmail });
  const entraIds = (await inEntra).map((one) => one.externalId);
  const person: Person = { oktaId, entraIds, employeeNumber, workEmail };
  const [okta, entra, managed, assets] = await Promise.all([
    ask.listOktaDevices(oktaId),
    Promise.all(entraIds.map((id) => ask.listEntraDevices(id))),
    Promise.all(entraIds.map((id) => ask.listManagedDevices(id))),
    ask.listAssets(person),
  ]);
  const answers: readonly SourceAnswer[] = [
    { connector: 'okta', sourceKind: 'identity', sightings: okta },
    { connector: 'entra', sourceKind: 'identity', sightings: entra.flat() },
    { connector: 'intune', sourceKind: 'mdm', sightings: managed.flat() },
    { connector: 'snipeit', sourceKind: 'inventory', sightings: assets },
  ];
  return { person, devices: matchDevices(answers).map(toDevice) };
}

function toDevice(matched: MatchedDevice): Device {
  const idAt = (connector: string): string | undefined =>
    matched.sightings.find((one) => one.connector === connector)?.sighting.externalId;
  const [mdmId, assetId] = [idAt('intune'), idAt('snipeit')];
  if (matched.serial === null || mdmId === undefined || assetId === undefined)
    throw new Error('a device that not every source knows');
  return { serial: matched.serial, mdmId, assetId, matched };
}

/** Cuts every account, and reads each cut back. */
async function cutAccess({ oktaId, entraIds }: Person): Promise<void> {
  const cut = async (provider: 'okta' | 'entra', id: string): Promise<void> => {
    const { cutAt, items } = await ask.cutAccess(provider, id);
    const read = await ask.readAccess(provider, id, cutAt);
    const open = read.map((item) => bestReading(item, items)).filter(({ state }) => state === 'open');
    if (open.length > 0) throw new Error(`access is still open at ${provider}`);
  };
  await Promise.all([cut('okta', oktaId), ...entraIds.map((id) => cut('entra', id))]);
}

/** Where nothing can be read back, the vendor's answer is all there is. */
function bestReading(read: AccessItemReading, written: readonly AccessItemReading[]): AccessItemReading {
  return read.basis === 'read-back' ? read : (written.find(({ item }) => item === read.item) ?? read);
}

/** Reads everything that the guard judges by, now. */
async function readGuard(
  person: Person,
  { serial, mdmId, matched }: Device,
): Promise<Parameters<typeof guard>[0]> {
  const { oktaId, entraIds } = person;
  const [live, assets, okta, entra, oktaPerson, entraPersons] = await Promise.all([
    ask.readManagedDevice(mdmId),
    ask.findAssets(serial, person),
    ask.listOktaDevices(oktaId),
    Promise.all(entraIds.map((id) => ask.listEntraDevices(id))),
    ask.readOktaPerson(oktaId),
    Promise.all(entraIds.map((id) => ask.readEntraPerson(id))),
  ]);
  const now = Date.now();
  const isListed = (
    sightings: readonly { readonly serial: string | null; readonly directoryDeviceId?: string }[],
  ): boolean =>
    sightings.some(
      (one) =>
        one.serial === serial ||
        (one.directoryDeviceId !== undefined && one.directoryDeviceId === live?.directoryDeviceId),
    );
  const holdersNow: readonly HolderReading[] = [
    { connector: 'intune', holder: holderOf(live?.holderExternalId ?? null, entraIds) },
    ...assets.map((asset): HolderReading => ({
      connector: 'snipeit',
      holder: asset.heldBySubject ? 'leaver' : asset.holderExternalId === null ? 'nobody' : 'other',
    })),
    { connector: 'okta', holder: isListed(okta) ? 'leaver' : 'nobody' },
    { connector: 'entra', holder: isListed(entra.flat()) ? 'leaver' : 'nobody' },
  ];
  const readings = [
    { connector: 'okta', rule: 'hard', state: oktaPerson?.state ?? 'deleted', leaveAt: null } as const,
    ...entraPersons.map(
      (one) =>
        ({ connector: 'entra', rule: 'dated', state: one?.state ?? 'deleted', leaveAt: null }) as const,
    ),
  ];
  return {
    killSwitch: false,
    connectorMode: 'enforce',
    caseOpen: true,
    custodyOpen: true,
    // Approved by the policy itself, here and now, for exactly this device.
    expected: { serial, mdmId, actionHash: serial },
    approval: { actionHash: serial, expiresAt: now + 60_000, byPeople: false, revoked: false },
    parameters: { keepUserData: false, keepEnrollmentData: false },
    canWipe: true,
    mismatch: null,
    route: 'dispose',
    live: live === null ? null : { mdmId: live.externalId, serial: live.serial, ownership: live.ownership },
    ownership: matched.ownership,
    holdersAtDiscovery: matched.sightings.map(({ connector, sighting }) => ({
      connector,
      holder: sighting.heldBySubject ? 'leaver' : sighting.holderExternalId === null ? 'nobody' : 'other',
    })),
    holdersNow,
    person: presence(readings, null, now),
    recentUse: 'unknown',
    holds: 'none',
    // Counted again where it is sent.
    limitLeft: true,
    now,
  };
}

function holderOf(holder: string | null, ids: readonly string[]): HolderReading['holder'] {
  if (holder === null) return 'nobody';
  return ids.includes(holder) ? 'leaver' : 'other';
}
