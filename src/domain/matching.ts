/**
 * Matching: which records of identity provider, MDM and inventory are the same physical device. By normalised serial; a record
 * that has none, by the directory's own device id, where one record of that id has a serial. What has neither is reported,
 * never matched by a guess.
 */
import type { Ownership, Platform } from './platform.ts';
import { normaliseSerial } from './serial.ts';
import type { Serial } from './serial.ts';
import type { DeviceSighting, SourceKind } from './sighting.ts';

/** The sightings that one source answered with. */
export interface SourceAnswer {
  readonly connector: string;
  readonly sourceKind: SourceKind;
  readonly sightings: readonly DeviceSighting[];
}

export interface SourcedSighting {
  readonly connector: string;
  readonly sourceKind: SourceKind;
  readonly sighting: DeviceSighting;
}

export interface MatchedDevice {
  /** `null` for a record whose serial is missing or a placeholder: it stands alone. */
  readonly serial: Serial | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly sightings: readonly SourcedSighting[];
  /** Two records of one source claim this serial (a swapped board, a re-enrolment, a typing error). */
  readonly ambiguousIn: readonly string[];
}

/** Groups all sightings into devices, in a stable order (serial, then connector and record id). */
export function matchDevices(answers: readonly SourceAnswer[]): readonly MatchedDevice[] {
  const bySerial = new Map<Serial, SourcedSighting[]>();
  const unnumbered: SourcedSighting[] = [];
  const alone: SourcedSighting[] = [];
  for (const { connector, sourceKind, sightings } of answers) {
    for (const sighting of sightings) {
      const sourced = { connector, sourceKind, sighting };
      const serial = normaliseSerial(sighting.serial);
      if (serial === null) unnumbered.push(sourced);
      else if (!hasRecord(bySerial.get(serial), sourced))
        bySerial.set(serial, [...(bySerial.get(serial) ?? []), sourced]);
    }
  }
  for (const sourced of unnumbered) {
    const serial = serialOf(sourced.sighting.directoryDeviceId, bySerial);
    const group = (serial === null ? undefined : bySerial.get(serial)) ?? alone;
    if (!hasRecord(group, sourced)) group.push(sourced);
  }
  const matched = [...bySerial]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([serial, group]) => deviceOf(serial, group));
  return [...matched, ...alone.toSorted(byRecord).map((one) => deviceOf(null, [one]))];
}

/** The one serial that the directory's device id stands for; `null` when it stands for none, or for two. */
function serialOf(
  directoryDeviceId: string | undefined,
  bySerial: ReadonlyMap<Serial, readonly SourcedSighting[]>,
): Serial | null {
  if (directoryDeviceId === undefined) return null;
  const serials = [...bySerial].filter(([, group]) =>
    group.some(
      ({ sighting }) => sighting.serial !== null && sighting.directoryDeviceId === directoryDeviceId,
    ),
  );
  return serials.length === 1 ? (serials[0]?.[0] ?? null) : null;
}

/** A source may be asked twice about one record (by person, then by serial; by two accounts): once is enough. */
function hasRecord(group: readonly SourcedSighting[] | undefined, one: SourcedSighting): boolean {
  return (
    group?.some(
      (other) => other.connector === one.connector && other.sighting.externalId === one.sighting.externalId,
    ) ?? false
  );
}

function deviceOf(serial: Serial | null, group: readonly SourcedSighting[]): MatchedDevice {
  const sightings = [...group].toSorted(byRecord);
  const counts = new Map<string, number>();
  for (const { connector } of sightings) counts.set(connector, (counts.get(connector) ?? 0) + 1);
  return {
    serial,
    manufacturer: firstOf(sightings, (sighting) => sighting.manufacturer),
    model: firstOf(sightings, (sighting) => sighting.model),
    platform: platformOf(sightings),
    ownership: ownershipOf(sightings),
    sightings,
    ambiguousIn: [...counts].filter(([, count]) => count > 1).map(([connector]) => connector),
  };
}

/** The MDM talks to the device, so its word on the platform comes first. */
function platformOf(sightings: readonly SourcedSighting[]): Platform {
  const known = sightings.filter(({ sighting }) => sighting.platform !== 'unknown');
  return (known.find(({ sourceKind }) => sourceKind === 'mdm') ?? known[0])?.sighting.platform ?? 'unknown';
}

/**
 * Ownership must be explicit and uncontradicted: sources that do not say are passed over, and two that say different
 * things make it `unknown`, which refuses a wipe. Leased is what an inventory knows of a device that others call corporate.
 */
function ownershipOf(sightings: readonly SourcedSighting[]): Ownership {
  const said = new Set(
    sightings.map(({ sighting }) => sighting.ownership).filter((ownership) => ownership !== 'unknown'),
  );
  if (said.has('leased')) said.delete('corporate');
  const [only] = said;
  return said.size === 1 && only !== undefined ? only : 'unknown';
}

function firstOf<T>(
  sightings: readonly SourcedSighting[],
  pick: (sighting: DeviceSighting) => T | null,
): T | null {
  for (const { sighting } of sightings) {
    const value = pick(sighting);
    if (value !== null) return value;
  }
  return null;
}

function byRecord(a: SourcedSighting, b: SourcedSighting): number {
  return compare(a.connector, b.connector) || compare(a.sighting.externalId, b.sighting.externalId);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
