/** `handback device …`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { CONDITIONS } from '../../domain/inspection.ts';
import { openDecisions } from '../client/decided.ts';
import { fit } from '../client/pages.ts';
import { DeviceDetail, IntakeVerdict } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { deviceText } from '../output/devices.ts';
import { addEvidenceCommands } from './evidence.ts';
import { examples } from './examples.ts';
import { addReturnCommands } from './returns.ts';
import { session } from './session.ts';

interface ScanOptions extends GlobalOptions {
  readonly site: string;
  readonly condition: string;
  readonly parcel?: string;
}

export function addDeviceCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program.command('device').description('Devices and who had them.');
  group
    .command('show')
    .description('Shows a device: each of its custody epochs, with its gates as they stand now.')
    .argument('<device>', 'id of the device (dev_…)')
    .addHelpText('after', examples(['handback device show dev_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      showDevice(id, command.optsWithGlobals(), io),
    );

  group
    .command('scan')
    .description(
      'Scans a device in where it comes back: the proof of its return. Exit code 1 when nothing explains the scan; it then is an exception.',
    )
    .argument('<serial>', 'serial as printed or scanned')
    .requiredOption('--site <site>', 'where it was scanned: an id, no name of a person')
    .addOption(
      new Option('--condition <condition>', 'how it came back').choices([...CONDITIONS]).default('unknown'),
    )
    .option(
      '--parcel <tracking code>',
      'of the parcel that it came out of: tells when another was expected in it',
    )
    .addHelpText('after', examples(['handback device scan C02XK1ABJG5J --site berlin-1 --condition good']))
    .action(async (serial: string, _options: object, command: Command) => {
      done(await scanDevice(serial, command.optsWithGlobals(), io));
    });

  addReturnCommands(group, io, done);
  addEvidenceCommands(group, io);
}

async function showDevice(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, now, paint } = session(options, io);
  const path = `/devices/${encodeURIComponent(id)}`;
  const found = fit(DeviceDetail, await api.get(path), path);
  const decisions = await openDecisions(api, { deviceId: id });
  show({ ...found, decisions }, () => deviceText(found, decisions, now, paint));
}

const SAID: Readonly<Record<string, string>> = {
  returned: 'Returned',
  'already-returned': 'Was returned already',
  'unknown-serial': 'No device is known by that serial',
  'not-expected': 'The device is known, but nobody expects it back',
};

async function scanDevice(serial: string, options: ScanOptions, io: Io): Promise<number> {
  const { api, show } = session(options, io);
  const { site, condition, parcel } = options;
  const answer = fit(
    IntakeVerdict,
    await api.post('/intake-scans', {
      serial,
      site,
      condition,
      ...(parcel !== undefined && { trackingCode: parcel }),
    }),
    '/intake-scans',
  );
  const { verdict, deviceId, exceptionId, wrongUnit } = answer;
  const rest = exceptionId === null ? `: ${deviceId ?? ''}.` : `: it is exception ${exceptionId}.`;
  const wrong =
    wrongUnit === null
      ? ''
      : `The parcel was for ${wrongUnit.expectedDeviceId}, which is still out: exception ${wrongUnit.exceptionId}.\n`;
  show(answer, () => `${SAID[verdict] ?? verdict}${rest}\n${wrong}`);
  return exceptionId === null && wrongUnit === null ? 0 : 1;
}
