/** What a photo's own bytes say that it is: a name or a header proves nothing. */

/** Larger than what a phone takes at its usual setting. */
export const LARGEST_PHOTO_BYTES = 6_000_000;
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PhotoType = (typeof PHOTO_TYPES)[number];

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** The first bytes as ISO/IEC 10918-1 (JPEG), ISO/IEC 15948 (PNG) and RFC 9649 (WebP) have them; `null`: none of these. */
export function photoTypeOf(content: Buffer): PhotoType | null {
  if (content.subarray(0, 3).equals(JPEG)) return 'image/jpeg';
  if (content.subarray(0, 8).equals(PNG) && content.toString('latin1', 12, 16) === 'IHDR') return 'image/png';
  if (content.toString('latin1', 0, 4) === 'RIFF' && content.toString('latin1', 8, 12) === 'WEBP')
    return 'image/webp';
  return null;
}
