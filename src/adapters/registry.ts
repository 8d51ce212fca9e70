/**
 * How a registry tells of an adapter. Each port folder has one explicit map from kind to entry; the composition root
 * checks the settings with the schema that the adapter publishes, then makes it.
 */
import type { z } from 'zod';
import type { AdapterDeps } from './clients/deps.ts';
import type { HookReader, HookVerifier } from './webhook.ts';

/** An adapter as it declares itself, its settings in their own type. */
export interface AdapterParts<Settings, Port> {
  readonly settings: z.ZodType<Settings>;
  /** `name` is the connector's name in the configuration. */
  readonly create: (name: string, settings: Settings, deps?: AdapterDeps) => Port;
  /** For vendors that send webhooks. */
  readonly hooks?: { readonly verifier: (settings: Settings) => HookVerifier; readonly reader: HookReader };
}

/** An adapter as the composition root sees it. `settings` are as in the configuration: they are checked here (again). */
export interface AdapterEntry<Port> {
  /** The schema, for checking a configuration and for documenting it. */
  readonly settings: z.ZodType;
  /** @throws ZodError when the settings do not fit. */
  create(name: string, settings: unknown, deps?: AdapterDeps): Port;
  readonly hooks?: {
    /** @throws ZodError when the settings do not fit. */
    verifier(settings: unknown): HookVerifier;
    readonly reader: HookReader;
  };
}

/** Makes an entry out of an adapter's parts. */
export function adapter<Settings, Port>(parts: AdapterParts<Settings, Port>): AdapterEntry<Port> {
  const { settings, create, hooks } = parts;
  return {
    settings,
    create: (name, given, deps) => create(name, settings.parse(given), deps),
    ...(hooks && {
      hooks: { verifier: (given) => hooks.verifier(settings.parse(given)), reader: hooks.reader },
    }),
  };
}
