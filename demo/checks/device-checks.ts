/** What must be so of each device of a leaver, by the route that it took. */
import { nameOf } from '../cast.ts';
import type { CastDevice } from '../cast.ts';
import { custodyOf } from '../stories/stage.ts';
import type { Route, Story } from '../stories/stage.ts';
import type { Effect } from '../vendors/control.ts';
import { check } from './check.ts';
import type { Check } from './check.ts';
import type { Evidence, SnipeAsset } from './evidence.ts';
import { unknownWipes, wipesOf } from './wipes.ts';

/** How a route ends: what the vendors were asked for, and what the books say. */
interface End {
  readonly wipes: 0 | 1;
  readonly retires: 0 | 1;
  readonly locks: 0 | 1;
  readonly labels: 0 | 1;
  readonly disposition: string;
  readonly books: string;
  readonly isInBooks: (asset: SnipeAsset | undefined) => boolean;
}

const HARDWARE = { wipes: 1, retires: 0, locks: 0, labels: 1 } as const;

const ENDS: Readonly<Record<Exclude<Route, 'dispose'>, End>> = {
  redeploy: {
    ...HARDWARE,
    disposition: 'redeployed',
    books: 'Snipe-IT says in stock, held by nobody',
    isInBooks: (asset) => asset?.deployable === true && !asset.isHeld,
  },
  personal: {
    wipes: 0,
    retires: 1,
    locks: 0,
    labels: 0,
    disposition: 'retained',
    books: 'in nobody’s inventory',
    isInBooks: (asset) => asset === undefined,
  },
  lost: {
    ...HARDWARE,
    locks: 1,
    disposition: 'lost',
    books: 'Snipe-IT says lost, held by nobody',
    isInBooks: (asset) => asset?.status === 'Lost' && !asset.isHeld,
  },
};

export function deviceChecks(
  story: Story,
  device: CastDevice,
  evidence: Evidence,
  { killed }: { readonly killed: boolean },
): readonly Check[] {
  const about = nameOf(story.person);
  const { model } = device;
  const { route = 'dispose' } = story;
  const expected = route === 'dispose' ? HARDWARE : ENDS[route];
  const custody = custodyOf(evidence.cases.get(story.person)?.standing ?? null, device);
  const reference = `${custody?.deviceId}:${custody?.epoch}`;
  const labels = evidence.effects.filter(
    ({ kind, params }) => kind === 'label.bought' && params['reference'] === reference,
  );
  const asked = (kind: string): number =>
    evidence.effects.filter((one) => one.kind === kind && one.key === device.key).length;
  const wipes = wipesOf(evidence, device.key);
  const unknown = killed && unknownWipes(evidence).includes(device.key);
  const checks = [
    check(
      about,
      `${model}: Intune was asked for ${counted(expected.wipes, 'wipe')}`,
      wipes.length === expected.wipes || (unknown && wipes.length === 0),
      `${wipes.length}`,
    ),
    check(
      about,
      `${model}: ${counted(expected.labels, 'return label')} bought`,
      labels.length === expected.labels,
      `${labels.length}`,
    ),
  ];
  if (route !== 'dispose') checks.push(...routeChecks(story, device, evidence, ENDS[route], asked));
  if (story.ends !== 'completed') return checks;
  return [...checks, ...(route === 'dispose' ? disposalChecks(about, device, evidence) : [])];
}

function counted(count: 0 | 1, what: string): string {
  return count === 0 ? `no ${what}` : `one ${what}`;
}

/** The route was decided by two people, and the device has gone that way. */
function routeChecks(
  { person, route }: Story,
  device: CastDevice,
  evidence: Evidence,
  end: End,
  asked: (kind: string) => number,
): readonly Check[] {
  const about = nameOf(person);
  const { model, serial } = device;
  const custody = custodyOf(evidence.cases.get(person)?.standing ?? null, device);
  const kind = route === 'lost' ? 'declare-lost' : 'change-route';
  const decisions = evidence.decisions.filter(
    (one) => one.kind === kind && one.deviceId === custody?.deviceId,
  );
  const [decision] = decisions;
  const asset = evidence.assets.get(serial);
  const found = { retires: asked('retire'), locks: asked('remoteLock') };
  return [
    check(
      about,
      `${model}: route ${route}, asked for by one person and approved by another`,
      decisions.length === 1 &&
        custody?.route === route &&
        decision !== undefined &&
        decision.requestedBy !== decision.decidedBy,
      decisions,
    ),
    check(
      about,
      `${model}: Intune was asked for ${counted(end.retires, 'retire')} and ${counted(end.locks, 'lock')}`,
      found.retires === end.retires && found.locks === end.locks,
      found,
    ),
    check(
      about,
      `${model}: not on any truck`,
      !evidence.certificates.has(serial),
      evidence.certificates.get(serial),
    ),
    check(about, `${model}: ${end.books}`, end.isInBooks(asset), asset ?? 'no record'),
    check(
      about,
      `${model}: custody closed as ${end.disposition}`,
      custody?.state === 'closed' && custody.disposition === end.disposition,
      custody?.disposition ?? 'open',
    ),
  ];
}

function disposalChecks(about: string, device: CastDevice, evidence: Evidence): readonly Check[] {
  const { model, serial, assignedTo } = device;
  const custody = custodyOf(evidence.cases.get(assignedTo)?.standing ?? null, device);
  const certificates = evidence.certificates.get(serial) ?? [];
  const asset = evidence.assets.get(serial);
  const [certificate] = certificates;
  return [
    orderCheck(about, device, evidence),
    check(
      about,
      `${model}: one certificate for ${serial}`,
      certificates.length === 1 && certificate?.level === 'purge',
      certificates,
    ),
    check(
      about,
      `${model}: Snipe-IT says disposed, held by nobody, under that certificate`,
      asset?.archived === true && !asset.isHeld && asset.certificate === certificate?.certificateId,
      asset ?? 'no record',
    ),
    check(
      about,
      `${model}: custody closed as sanitised`,
      custody?.state === 'closed' && custody.disposition === 'sanitised',
      custody?.state,
    ),
  ];
}

/** By the vendors' own order of events: access first, then the wipe, the truck, the certificate, and last the books. */
function orderCheck(about: string, device: CastDevice, { effects }: Evidence): Check {
  const first = (find: (effect: Effect) => boolean): number =>
    effects.find(find)?.n ?? Number.POSITIVE_INFINITY;
  const last = (find: (effect: Effect) => boolean): number => effects.findLast(find)?.n ?? 0;
  const cut = last(({ kind, key }) => key === device.assignedTo && kind.includes('revoke'));
  const wiped = first(({ kind, key }) => key === device.key && kind === 'wipe');
  const closed = first(
    ({ instance, kind, key }) => instance === 'snipeit' && kind === 'patch' && key === device.key,
  );
  return check(
    about,
    `${device.model}: access was cut before the wipe, the books were closed after it`,
    cut < wiped && wiped < closed,
    {
      cut,
      wiped,
      closed,
    },
  );
}
