import type { Platform } from '../../../domain/platform.ts';

/** Microsoft's names of operating systems, in lower case; Entra and Intune print several for one. */
const PLATFORM: Readonly<Record<string, Platform>> = {
  windows: 'windows',
  windowsphone: 'windows',
  macos: 'macos',
  macmdm: 'macos',
  'mac os x': 'macos',
  ios: 'ios',
  ipad: 'ios',
  ipados: 'ios',
  iphone: 'ios',
  android: 'android',
  androidforwork: 'android',
  androidenterprise: 'android',
  linux: 'linux',
  chromeos: 'chromeos',
};

/** Our word for an `operatingSystem` of Microsoft Graph. */
export function platformOf(operatingSystem: string | null | undefined): Platform {
  const name = operatingSystem?.trim().toLowerCase() ?? '';
  return Object.hasOwn(PLATFORM, name) ? (PLATFORM[name] ?? 'unknown') : 'unknown';
}
