/** Everything that the checks look at, gathered once the month is over: the engine's word, and the vendors' own records. */
import { z } from 'zod';
import { DEVICES, PEOPLE } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import { readAll } from '../engine/lists.ts';
import type { EngineClient } from '../engine/client.ts';
import { Case, Decision, Exception, Fact, Reconciled, WipeLimit } from '../engine/shapes.ts';
import type { Watch } from '../engine/watch.ts';
import { ROOM } from '../hardware.ts';
import { STORIES } from '../stories/index.ts';
import type { RoomRun } from '../stories/server-room.ts';
import type { Sight } from '../stories/stage.ts';
import type { Control, Effect } from '../vendors/control.ts';

const OktaUser = z.looseObject({ status: z.string(), sessions: z.number() });
const GraphUser = z.looseObject({ accountEnabled: z.boolean() });
const Certificate = z.looseObject({ certificateId: z.string(), serial: z.string(), level: z.string() });
const Pickups = z.object({
  pickups: z.array(z.looseObject({ certificates: z.array(Certificate) })),
});

const OfPickup = z.object({ exceptions: z.array(Exception) });

export interface Evidence {
  readonly cases: ReadonlyMap<PersonKey, { readonly standing: Case; readonly facts: readonly Fact[] }>;
  readonly effects: readonly Effect[];
  readonly okta: ReadonlyMap<PersonKey, z.infer<typeof OktaUser>>;
  readonly graph: ReadonlyMap<PersonKey, z.infer<typeof GraphUser>>;
  /** By serial. */
  readonly certificates: ReadonlyMap<string, readonly z.infer<typeof Certificate>[]>;
  readonly assets: ReadonlyMap<string, SnipeAsset>;
  readonly seen: ReadonlySet<Sight>;
  /** What two people decided. */
  readonly decisions: readonly Decision[];
  readonly limit: WipeLimit;
  /** The hardware without a person, and the truck that it was on; `null` when it never came to that. */
  readonly room: RoomEvidence | null;
}

export interface RoomEvidence {
  readonly standing: Case;
  readonly lists: readonly Reconciled[];
  /** Of the case, of its devices, and of the pickup. */
  readonly exceptions: readonly z.infer<typeof Exception>[];
}

/** Snipe-IT as anybody with its token reads it. */
const SnipeRow = z.looseObject({
  serial: z.string().nullable(),
  status_label: z.looseObject({ name: z.string(), status_type: z.string() }),
  assigned_to: z.unknown(),
  custom_fields: z.record(z.string(), z.looseObject({ field: z.string(), value: z.string().nullable() })),
});
const SnipeRows = z.looseObject({ rows: z.array(SnipeRow) });

export interface SnipeAsset {
  readonly status: string;
  readonly archived: boolean;
  readonly deployable: boolean;
  readonly isHeld: boolean;
  readonly certificate: string | null;
}

export interface Sources {
  readonly client: EngineClient;
  readonly watch: Watch;
  readonly control: Control;
  readonly snipeit: { readonly url: string; readonly token: string };
  readonly seen: ReadonlySet<Sight>;
  readonly room: RoomRun;
}

export async function gatherEvidence({
  client,
  watch,
  control,
  snipeit,
  seen,
  room,
}: Sources): Promise<Evidence> {
  const cases = new Map<PersonKey, { standing: Case; facts: readonly Fact[] }>();
  for (const { person } of STORIES) {
    const known = watch.caseOf(person);
    if (known === null) continue;
    const standing = await client.get('viewer', `/cases/${known.id}`, Case);
    cases.set(person, { standing, facts: await readAll(client, 'viewer', `/cases/${known.id}/facts`, Fact) });
  }
  const okta = new Map<PersonKey, z.infer<typeof OktaUser>>();
  const graph = new Map<PersonKey, z.infer<typeof GraphUser>>();
  for (const { key, identity } of PEOPLE) {
    if (identity.includes('okta')) okta.set(key, await control.get(`/instances/okta/users/${key}`, OktaUser));
    if (identity.includes('graph'))
      graph.set(key, await control.get(`/instances/graph/users/${key}`, GraphUser));
  }
  const { pickups } = await control.get('/instances/itad/pickups', Pickups);
  const certificates = new Map<string, z.infer<typeof Certificate>[]>();
  for (const one of pickups.flatMap((pickup) => pickup.certificates)) {
    certificates.set(one.serial, [...(certificates.get(one.serial) ?? []), one]);
  }
  const assets = new Map<string, SnipeAsset>();
  for (const { serial } of [...DEVICES, ...ROOM]) {
    const asset = await readAsset(snipeit, serial);
    if (asset !== null) assets.set(serial, asset);
  }
  const decisions = await readAll(client, 'viewer', '/decisions?state=approved', Decision);
  const limit = await client.get('viewer', '/wipe-limit', WipeLimit);
  const effects = await control.effects();
  const gathered = await gatherRoom(client, room);
  return { cases, effects, okta, graph, certificates, assets, seen, decisions, limit, room: gathered };
}

async function gatherRoom(client: EngineClient, { caseId, pickupId }: RoomRun): Promise<RoomEvidence> {
  const standing = await client.get('viewer', `/cases/${caseId}`, Case);
  const lists = await readAll(client, 'viewer', `/pickups/${pickupId}/reconciliation`, Reconciled);
  const { exceptions } = await client.get('viewer', `/pickups/${pickupId}`, OfPickup);
  return { standing, lists, exceptions: [...standing.exceptions, ...exceptions] };
}

async function readAsset({ url, token }: Sources['snipeit'], serial: string): Promise<SnipeAsset | null> {
  const response = await fetch(`${url}/api/v1/hardware/byserial/${serial}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  // What Snipe-IT does not have it answers with 200 and an error.
  const { data } = SnipeRows.safeParse(await response.json());
  const [row] = data?.rows ?? [];
  if (row === undefined) return null;
  const certificate = Object.values(row.custom_fields).find(({ field }) => field.includes('certificate'));
  return {
    status: row.status_label.name,
    archived: row.status_label.status_type === 'archived',
    deployable: row.status_label.status_type === 'deployable',
    isHeld: row.assigned_to !== null,
    certificate: certificate?.value ?? null,
  };
}
