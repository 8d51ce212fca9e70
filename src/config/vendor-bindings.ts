/** The role `vendor` is bound to connectors by name: a name that is not configured would silently show nothing. */
import type { z } from 'zod';
import type { ConfigSchema } from './schema.ts';

type Bindings = Pick<z.infer<typeof ConfigSchema>, 'tokens' | 'oidc'>;

/** Paths of bindings to what is no configured disposal vendor. */
export function unknownVendors(
  { tokens, oidc }: Bindings,
  connectors: readonly { readonly name: string; readonly port: string }[],
): readonly { readonly path: string; readonly expected: string }[] {
  const known = new Set(connectors.filter(({ port }) => port === 'disposition').map(({ name }) => name));
  const bound: readonly (readonly [path: string, names: readonly string[]])[] = [
    ...tokens.map(({ vendorOf }, index) => [`tokens.${index}.vendorOf`, vendorOf ?? []] as const),
    ...Object.entries(oidc?.vendors ?? {}).map(([group, names]) => [`oidc.vendors.${group}`, names] as const),
    ...Object.entries(oidc?.programs ?? {}).map(
      ([client, { vendorOf }]) => [`oidc.programs.${client}.vendorOf`, vendorOf ?? []] as const,
    ),
  ];
  return bound.flatMap(([path, names]) =>
    names
      .filter((name) => !known.has(name))
      .map(() => ({ path, expected: 'names of disposal vendors under connectors' })),
  );
}
