import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CONNECTOR_KINDS, createConnectors } from '../../../src/adapters/connector-kinds.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/load.ts';
import { noticePlan } from '../../../src/worker/notice-plan.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handback-notify-'));
});
afterAll(() => rm(directory, { recursive: true }));

const CONNECTORS = {
  mail: { kind: 'smtp', baseUrl: 'smtp://mail.example:587', from: 'handback@it.example' },
  slack: { kind: 'slack', channels: { ops: 'https://hooks.slack.example/services/x' } },
};

async function load(notify: object, policy: object = {}): Promise<Config> {
  const file = join(directory, 'handback.yaml');
  await writeFile(file, stringify({ connectors: CONNECTORS, notify, policy }));
  return loadConfig({ file, env: {}, kinds: CONNECTOR_KINDS });
}

async function problemOf(notify: object, policy: object = {}): Promise<string> {
  const error = await load(notify, policy).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error('it should not have loaded', { cause: error });
  return error.message;
}

const plan = async (notify: object) => {
  const config = await load(notify);
  return noticePlan(config.notify, createConnectors(config.connectors));
};

describe('the notify section', () => {
  test('says by default that nobody is told', async () => {
    expect(await plan({})).toMatchObject({
      mailPeopleBy: null,
      quietHours: null,
      language: 'en',
      giveUpAfterMs: 2 * 86_400_000,
      roles: { operator: [], security: [] },
    });
  });

  test('reads times of day, languages and countries', async () => {
    const notify = {
      mailPeopleBy: 'mail',
      quietHours: { from: '18:30', to: '08:00' },
      countries: { DE: { language: 'de', notice: { de: 'Hinweis.' } }, FR: { noChasers: true } },
    };
    expect(await plan(notify)).toMatchObject({
      mailPeopleBy: 'mail',
      quietHours: { from: 18 * 60 + 30, to: 8 * 60 },
      countries: {
        DE: { language: 'de', notice: { de: 'Hinweis.' }, noChasers: false },
        FR: { notice: {}, noChasers: true },
      },
    });
  });

  test.each([
    [{ mailPeopleBy: 'post' }, 'notify.mailPeopleBy'],
    [{ roles: { security: [{ connector: 'okta', to: 'x' }] } }, 'notify.roles.security.0.connector'],
    [{ roles: { finance: [] } }, 'notify.roles'],
    [{ quietHours: { from: '24:00', to: '08:00' } }, 'notify.quietHours.from'],
    [{ language: 'nl' }, 'notify.language'],
    [{ countries: { Germany: {} } }, 'notify.countries'],
  ])('what is wrong stops the start, with its path: %j', async (notify, path) => {
    expect(await problemOf(notify)).toContain(path);
  });

  test('a chat does not mail people, and a channel or an address that is none stops the start', async () => {
    await expect(plan({ mailPeopleBy: 'slack' })).rejects.toThrow('notify.mailPeopleBy');
    const told = (connector: string, to: string) => plan({ roles: { operator: [{ connector, to }] } });
    await expect(told('slack', 'elsewhere')).rejects.toThrow('notify.roles.operator.0.to');
    await expect(told('mail', 'a@x.example, b@x.example')).rejects.toThrow('notify.roles.operator.0.to');
    expect((await told('slack', 'ops')).roles['operator']).toHaveLength(1);
  });
});

describe('working days of the policy', () => {
  test('stand in it by ISO numbers; a policy without any says nothing of them', async () => {
    const { policy } = await load({}, { workingDays: { DE: { holidays: ['2026-12-26', '2026-12-25'] } } });
    expect(policy.workingDays).toEqual({
      DE: { weekend: [6, 7], holidays: ['2026-12-25', '2026-12-26'] },
    });
    expect((await load({})).policy).not.toHaveProperty('workingDays');
  });

  test.each([
    { DE: { weekend: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] } },
    { DE: { holidays: ['25.12.2026'] } },
    { Germany: {} },
  ])('what is none stops the start: %j', async (workingDays) => {
    expect(await problemOf({}, { workingDays })).toContain('policy.workingDays');
  });
});
