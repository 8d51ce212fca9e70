/** The section `personKeys`: what opens personal data in the database. */
import { z } from 'zod';
import { Key, KeySecret } from './key-schema.ts';

export const PersonKeysSchema = z
  .strictObject({
    /** The key file (`handback keys person new`). Absent: `person-keys.json` beside the ledger's keys. */
    file: z.string().min(1).optional(),
    /** Keys that wrap the keys of people, instead of those of the file, the one in use first. An older one is needed until a worker has started with the newer. */
    wrapping: z.array(Key).min(1).optional(),
    /** Key of the commitments that people are found by, instead of the file's. It stays the same for the life of the database. */
    index: KeySecret.optional(),
  })
  .refine(({ wrapping, index }) => (wrapping === undefined) === (index === undefined), {
    path: ['index'],
    message: 'goes with personKeys.wrapping',
  });

export type PersonKeysConfig = z.infer<typeof PersonKeysSchema>;
