/**
 * What Intune can do for each platform through Graph v1.0. Sources: Intune's documentation of the device actions wipe,
 * retire, remote lock, delete and disable Activation Lock (each lists its platforms), and the v1.0 metadata.
 *
 * - No v1.0 action cancels a command (`canceled` is a state that it may have, not one that we can bring about).
 * - Deleting a record sends a retire first; to a fully managed, dedicated or work-profile company Android it sends a *wipe*.
 * - Linux is in none of those lists. The wipe of ChromeOS has two variants (profiles only, factory reset), and v1.0 does not
 *   say which one it is: so it counts as none.
 */
import type { Platform } from '../../../domain/platform.ts';
import type { PlatformCapabilities } from '../port.ts';

/**
 * Why a lock cuts off a wipe. An iPhone or iPad with a passcode joins no Wi-Fi after a restart until its first unlock (Apple's
 * documentation of the command "Restart Device"), so whoever found it need only switch it off and on. A Mac restarts into the
 * prompt for the PIN and runs nothing until it is given (other device managers' support pages; Apple says only that Find My
 * locks it). Nothing of the kind is documented for Android.
 */
const APPLE: PlatformCapabilities = {
  can: ['wipe', 'retire', 'lock', 'release-activation-lock', 'remove-record'],
  lockCutsOffWipe: true,
  removalMaySend: 'retire',
};

/** Nothing is documented: nothing can be done, and anything might happen. */
const NONE: PlatformCapabilities = { can: [], lockCutsOffWipe: true, removalMaySend: 'wipe' };

const CAPABILITIES = {
  windows: {
    can: ['wipe', 'retire', 'release-autopilot', 'remove-record'],
    lockCutsOffWipe: false,
    removalMaySend: 'retire',
  },
  macos: APPLE,
  ios: APPLE,
  android: {
    can: ['wipe', 'retire', 'lock', 'remove-record'],
    lockCutsOffWipe: false,
    removalMaySend: 'wipe',
  },
  linux: NONE,
  chromeos: NONE,
  unknown: NONE,
} satisfies Readonly<Record<Platform, PlatformCapabilities>>;

export function capabilities(platform: Platform): PlatformCapabilities {
  return CAPABILITIES[platform];
}
