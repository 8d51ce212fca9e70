/** One running issuer: its people, its keys, and the provider that is made anew when the keys change. */
import type { Provider } from 'oidc-provider';
import type { SimulatorContext } from '../core/simulator.ts';
import { Directory } from './directory.ts';
import { newKey } from './keys.ts';
import type { SigningKey } from './keys.ts';
import { Memory } from './memory.ts';
import { mint } from './mint.ts';
import type { MintRequest } from './mint.ts';
import type { OidcOptions } from './options.ts';
import { claimsOf, createProvider, subjectFor } from './provider.ts';

interface Running {
  readonly provider: Provider;
  readonly keys: readonly SigningKey[];
}

export class Issuer {
  readonly directory: Directory;
  readonly memory = new Memory();
  readonly #context: SimulatorContext;
  readonly #options: OidcOptions;
  #running: Promise<Running> | null = null;

  constructor(context: SimulatorContext, options: OidcOptions) {
    this.#context = context;
    this.#options = options;
    this.directory = new Directory(context.name);
    this.reset();
  }

  /** Its own name in `iss`: where it listens. */
  get url(): string {
    return this.#context.url;
  }

  async provider(): Promise<Provider> {
    return (await this.#run()).provider;
  }

  /** A new key signs from now on; the others stay published unless they are withdrawn. @returns the published ids. */
  async rotate(withdraw: boolean): Promise<readonly string[]> {
    const { keys } = await this.#run();
    const next = [await newKey(), ...(withdraw ? [] : keys)];
    this.#running = Promise.resolve(this.#with(next));
    return next.map(({ kid }) => kid);
  }

  /** @returns `null` when there is no such person or program, or the person is disabled. */
  async mint({ person, client, expiresInSeconds, flaw }: MintRequest) {
    const { keys } = await this.#run();
    const who = this.#claimsOf(person, client);
    const [key] = keys;
    if (who === null || key === undefined) return null;
    const seconds = expiresInSeconds ?? this.#options.accessTokenSeconds;
    const { audience } = this.#options;
    const claims = { issuer: this.url, audience, seconds, ...who };
    const token = await mint(claims, key, this.#context.now(), flaw);
    return { access_token: token, token_type: 'Bearer', expires_in: seconds, subject: who.subject };
  }

  reset(): void {
    this.#running = null;
    this.memory.clear();
    this.directory.clear();
    for (const member of this.#options.members) this.directory.put(member);
  }

  #claimsOf(person: string | undefined, client: string | undefined) {
    const { clients, groupsClaim } = this.#options;
    if (person !== undefined) {
      const account = this.directory.find(person);
      const clientId = client ?? clients.find(({ flow }) => flow !== 'program')?.id ?? 'none';
      if (account === undefined || account.disabled) return null;
      const subject = subjectFor(account.subject, clientId, this.#options);
      return { subject, clientId, own: claimsOf(account, this.#options) };
    }
    const program = clients.find(({ id, flow }) => id === client && flow === 'program');
    if (program === undefined) return null;
    return { subject: program.id, clientId: program.id, own: { [groupsClaim]: program.groups } };
  }

  #run(): Promise<Running> {
    return (this.#running ??= newKey().then((key) => this.#with([key])));
  }

  #with(keys: readonly SigningKey[]): Running {
    const { directory, memory } = this;
    const parts = { issuer: this.url, options: this.#options, directory, memory, keys };
    return { provider: createProvider(parts), keys };
  }
}
