/** What we read of Snipe-IT's answers (API v1). Fields that we do not use are let through unseen. */
import { z } from 'zod';

/** Failure with HTTP 200: only the body tells. `messages` is text, or lists of texts by field. */
export const ErrorEnvelope = z.looseObject({ status: z.literal('error'), messages: z.unknown() });

export const SuccessEnvelope = z.looseObject({ status: z.literal('success') });

const Named = z.looseObject({ name: z.string() });

const Assignee = z.looseObject({ id: z.int(), type: z.string() });

/** One hardware row. Texts are escaped for HTML; `notes` are even rendered from Markdown. */
export const AssetRow = z.looseObject({
  id: z.int(),
  asset_tag: z.string().nullable(),
  serial: z.string().nullable(),
  model: Named.nullable(),
  manufacturer: Named.nullable(),
  category: Named.nullish(),
  byod: z.boolean().default(false),
  status_label: z
    .looseObject({ name: z.string(), status_type: z.string(), status_meta: z.string() })
    .nullable(),
  notes: z.string().nullable(),
  assigned_to: Assignee.nullable(),
  /** How often it was ever given out. */
  checkout_counter: z.int().nullish(),
  deleted_at: z.unknown().optional(),
  /** PHP prints an empty map as a list. */
  custom_fields: z
    .union([
      z.record(z.string(), z.looseObject({ field: z.string(), value: z.unknown() })),
      z.array(z.never()).transform(() => ({})),
    ])
    .default({}),
  available_actions: z
    .looseObject({ checkin: z.boolean().optional(), update: z.boolean().optional() })
    .optional(),
});
export type AssetRow = z.infer<typeof AssetRow>;

/** The flat record that an update answers with: the notes as they are stored. */
export const UpdateAnswer = z.looseObject({
  status: z.literal('success'),
  payload: z.looseObject({ id: z.int(), notes: z.string().nullable().optional() }),
});

export const UserRow = z.looseObject({
  id: z.int(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  employee_num: z.string().nullable(),
});
export type UserRow = z.infer<typeof UserRow>;

export const LabelRow = z.looseObject({ id: z.int(), name: z.string() });
export type LabelRow = z.infer<typeof LabelRow>;

export const LicenceRow = z.looseObject({
  id: z.int(),
  seats: z.int().nullish(),
  free_seats_count: z.int().nullish(),
  /** What our user may do with licences. A seat is checked in by an update that asks for the right to check out. */
  available_actions: z.looseObject({ checkout: z.boolean().optional() }).optional(),
});

/** One seat of a licence; who has it is named by id. */
export const SeatRow = z.looseObject({
  id: z.int(),
  license_id: z.int(),
  assigned_asset: z.looseObject({ id: z.int() }).nullable(),
});
export type SeatRow = z.infer<typeof SeatRow>;

export const AnyPage = z.looseObject({
  total: z.int().min(0),
  rows: z.array(z.looseObject({ id: z.int() })),
});
