/** What we read of the Data API's answers. Paths that an asset does not have are left out, or null. */
import { z } from 'zod';

const Text = z.string().nullish();

/** One of an asset's custom fields. */
const Field = z.looseObject({ name: Text, value: z.union([z.string(), z.number(), z.boolean()]).nullish() });

export const AssetItem = z.looseObject({
  key: z.string().min(1),
  assetBasicInfo: z.looseObject({ type: Text, userName: Text, lastSeen: Text }).nullish(),
  assetCustom: z
    .looseObject({
      manufacturer: Text,
      model: Text,
      serialNumber: Text,
      barCode: Text,
      stateName: Text,
      fields: z.array(Field).nullish(),
    })
    .nullish(),
});
export type AssetItem = z.infer<typeof AssetItem>;

/** The paths of what is read above; the vendor takes 30 at most. */
export const PATHS = [
  'key',
  'assetBasicInfo.type',
  'assetBasicInfo.userName',
  'assetBasicInfo.lastSeen',
  'assetCustom.manufacturer',
  'assetCustom.model',
  'assetCustom.serialNumber',
  'assetCustom.barCode',
  'assetCustom.stateName',
  'assetCustom.fields.name',
  'assetCustom.fields.value',
] as const;

export const ResourcesAnswer = z.looseObject({
  site: z.looseObject({
    assetResources: z.looseObject({
      pagination: z.looseObject({ next: Text }),
      items: z.array(AssetItem),
    }),
  }),
});

export const SitesAnswer = z.looseObject({
  authorizedSites: z.looseObject({ sites: z.array(z.looseObject({ id: z.string().min(1) })) }),
});

/** With or without data, whatever the status: GraphQL. */
export const Envelope = z.looseObject({
  data: z.unknown().optional(),
  errors: z.array(z.unknown()).optional(),
});

const Coded = z.looseObject({ code: z.string() });
const Failed = z.looseObject({
  errors: z.tuple([z.looseObject({ message: Text, extensions: z.unknown().optional() })], z.unknown()),
});

/** The code of a question by somebody whom the vendor does not know (any more). */
export const UNAUTHENTICATED = 'UNAUTHENTICATED';

/**
 * The code of the first error in a body. It may stand one level deeper; and whoever is not signed in was told so for years by
 * a 400 without a code, in words alone.
 */
export function codeIn(body: Buffer): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const [first] = Failed.safeParse(parsed).data?.errors ?? [];
  if (first === undefined) return undefined;
  const { extensions, message } = first;
  const inner = z.looseObject({ extensions: Coded }).safeParse(extensions).data?.extensions.code;
  const code = Coded.safeParse(extensions).data?.code ?? inner;
  return code ?? (/must be logged in/iu.test(message ?? '') ? UNAUTHENTICATED : undefined);
}
