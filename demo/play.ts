/** Plays the month: every story at its own pace, side by side, the morning on which a site closes, and the trucks. */
import type { PersonKey } from './cast.ts';
import { STORIES } from './stories/index.ts';
import { playCollections } from './stories/collections.ts';
import { playMorning } from './stories/morning.ts';
import { playServerRoom } from './stories/server-room.ts';
import type { RoomRun } from './stories/server-room.ts';
import { DAY_MS, pause } from './stories/stage.ts';
import type { Sight, Stage } from './stories/stage.ts';
import { createTwoPeople } from './engine/two-people.ts';
import type { Installation } from './installation.ts';
import { planKills } from './kills.ts';
import { seeded } from './random.ts';
import type { Screen } from './screen/screen.ts';
import { createVendorPeople } from './vendors/people.ts';

export interface Played {
  readonly seen: ReadonlySet<Sight>;
  /** How many processes were killed. */
  readonly killed: number;
  readonly days: number;
  readonly room: RoomRun;
}

export interface PlaySpec {
  readonly installation: Installation;
  readonly screen: Screen;
  readonly seed: number;
  readonly kill: number | null;
  readonly signal: AbortSignal;
}

/** Stories of another seed begin a little later or earlier. */
const SHIFT_DAYS = 0.9;

/** @throws Error when a story cannot go on. */
export async function playMonth({ installation, screen, seed, kill, signal }: PlaySpec): Promise<Played> {
  const { client, watch, desks, control, engine } = installation;
  const begun = performance.now();
  const day = (): number => (performance.now() - begun) / DAY_MS;
  const seen = new Set<Sight>();
  const stage: Stage = {
    watch,
    desks,
    twoPeople: createTwoPeople(client),
    vendors: createVendorPeople(control),
    day,
    personId: async (key) => idOf(await watch.people(), key),
    seen,
    say: (key, text) => screen.say(day(), key, text),
    days: (count) => pause(count * DAY_MS, signal),
  };
  watch.onRead(() =>
    screen.show(
      day(),
      STORIES.map(({ person }) => ({ key: person, standing: watch.caseOf(person) })),
    ),
  );
  const kills =
    kill === null
      ? null
      : planKills({ seed: kill, pid: engine.pid, say: (text) => screen.say(day(), null, text), signal });
  const random = seeded(seed);
  const stories = STORIES.map(async (story) => {
    await stage.days(story.begins + random() * SHIFT_DAYS);
    await story.play(stage);
  });
  const room = playServerRoom(stage);
  await Promise.all([...stories, playMorning(stage), playCollections(stage), room, kills?.run()]);
  return { room: await room, seen, killed: kills?.count() ?? 0, days: day() };
}

function idOf(people: ReadonlyMap<string, PersonKey>, wanted: PersonKey): string {
  const found = [...people].find(([, key]) => key === wanted);
  if (found === undefined) throw new Error(`the engine does not know ${wanted}`);
  return found[0];
}
