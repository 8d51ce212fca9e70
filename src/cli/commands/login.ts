/** `handback login`, `handback logout`, `handback whoami`. */
import type { Command } from 'commander';
import { cliEnvironment } from '../../config/cli-environment.ts';
import { apiUrl } from '../client/access.ts';
import { apiClient } from '../client/api-client.ts';
import { agreedIssuer, offeredSignIn } from '../client/offered-sign-in.ts';
import type { OfferedSignIn } from '../client/offered-sign-in.ts';
import { fit } from '../client/pages.ts';
import { Me } from '../client/shapes.ts';
import { signInFile } from '../client/sign-ins.ts';
import type { SignIn, SignInFile } from '../client/sign-ins.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { meText, signedInAs } from '../output/me.ts';
import { plain } from '../output/table.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

interface LoginOptions extends GlobalOptions {
  readonly client?: boolean;
  readonly issuer?: string;
}

export function addLoginCommands(program: Command, io: Io): void {
  program
    .command('login')
    .summary('sign in at an API')
    .description(
      'Signs you in at the API (HANDBACK_URL): shows an address and a code for a browser, on whatever device, and waits. ' +
        "What it gets is kept in your own directory for settings, readable by you only, and renewed as long as your company's " +
        'sign-in allows. With --client a program signs in as itself, with HANDBACK_CLIENT_ID and HANDBACK_CLIENT_SECRET.',
    )
    .option('--client', 'sign in as a program, with its own credentials')
    .option('--issuer <url>', 'the only issuer to sign in with (HANDBACK_ISSUER); needed with --client')
    .addHelpText(
      'after',
      examples([
        'HANDBACK_URL=https://handback.example.com handback login',
        'HANDBACK_CLIENT_ID=… HANDBACK_CLIENT_SECRET=… handback login --client --issuer https://login.example.com',
      ]),
    )
    .action(async (_options: object, command: Command) => login(command.optsWithGlobals(), io));
  program
    .command('logout')
    .summary('forget a sign-in')
    .description('Forgets your sign-in at the API (HANDBACK_URL), here and at the issuer.')
    .addHelpText('after', examples(['handback logout']))
    .action(async (_options: object, command: Command) => logout(command.optsWithGlobals(), io));
  program
    .command('whoami')
    .summary('show who the API takes you for')
    .description('Shows who the API takes you for: the actor that records name, your roles, and how long.')
    .addHelpText('after', examples(['handback whoami', 'handback whoami --json']))
    .action(async (_options: object, command: Command) => whoami(command.optsWithGlobals(), io));
}

async function login(options: LoginOptions, io: Io): Promise<void> {
  const url = apiUrl(io.env);
  const file = ownFile(io);
  const offer = await offeredSignIn(url);
  const named = options.issuer ?? cliEnvironment(io.env).issuer;
  const signIn =
    options.client === true ? await asProgram(offer, named, io) : await asPerson(offer, named, io);
  const me = await meWith(url, signIn.accessToken);
  await file.change(url, async () => signIn);
  if (cliEnvironment(io.env).token !== undefined)
    io.err('HANDBACK_TOKEN is set and goes first: unset it to use this sign-in.\n');
  session(options, io).show(me, () => `${signedInAs(me)} at ${url}.\n`);
}

async function asPerson(offer: OfferedSignIn, named: string | undefined, io: Io): Promise<SignIn> {
  const { signInByDevice } = await import('../client/issuer-client.ts');
  const { clientId } = offer;
  if (clientId === null)
    throw new CliError('the API names no client to sign in with: its configuration wants oidc.clientId');
  const issuer = agreedIssuer(offer, named);
  const parameters = { ...offer.parameters, scope: offer.scopes.join(' ') };
  const grant = await signInByDevice(
    issuer,
    clientId,
    parameters,
    ({ url, completeUrl, code, expiresIn }) => {
      io.err(`Open ${plain(completeUrl ?? url)}\n`);
      io.err(`and check that it shows the code ${plain(code)}`);
      io.err(completeUrl === null ? '' : ` (or type it in at ${plain(url)})`);
      io.err(`. Waiting for you for ${Math.round(expiresIn / 60)} minutes …\n`);
    },
  );
  return { kind: 'person', issuer, clientId, parameters: offer.parameters, ...grant };
}

async function asProgram(offer: OfferedSignIn, named: string | undefined, io: Io): Promise<SignIn> {
  const { signInAsProgram } = await import('../client/issuer-client.ts');
  const { client } = cliEnvironment(io.env);
  if (client === undefined)
    throw new CliError('set HANDBACK_CLIENT_ID and HANDBACK_CLIENT_SECRET to the credentials of the program');
  // The secret goes where somebody here said, never where an answer said.
  if (named === undefined)
    throw new CliError('name the issuer that the secret may go to: --issuer, or HANDBACK_ISSUER');
  const issuer = agreedIssuer(offer, named);
  const parameters = { ...offer.parameters, ...programScope(offer.scopes) };
  const grant = await signInAsProgram(issuer, client, parameters);
  return { kind: 'program', issuer, clientId: client.id, parameters, ...grant };
}

/** What only people's sign-ins have is refused to programs. */
function programScope(scopes: readonly string[]): { readonly scope?: string } {
  const own = scopes.filter((scope) => !PEOPLE_ONLY.has(scope));
  return own.length === 0 ? {} : { scope: own.join(' ') };
}

const PEOPLE_ONLY = new Set(['openid', 'offline_access', 'profile', 'email']);

/** Asked before the token is kept: one that the API does not take is of no use. */
async function meWith(url: string, token: string): Promise<Me> {
  const tokens = { current: async () => ({ token, from: 'sign-in' as const }), renewed: async () => null };
  return fit(Me, await apiClient({ url, tokens }).get('/me'), '/me');
}

async function logout(options: GlobalOptions, io: Io): Promise<void> {
  const url = apiUrl(io.env);
  const file = ownFile(io);
  const before = await file.read(url);
  if (before !== null) {
    await file.change(url, async () => null);
    await endAtIssuer(before, io);
  }
  const wasSignedIn = before !== null;
  session(options, io).show({ url, wasSignedIn }, () =>
    wasSignedIn ? `Signed out at ${url}.\n` : `You were not signed in at ${url}.\n`,
  );
}

async function endAtIssuer(signIn: SignIn, io: Io): Promise<void> {
  const { signOut } = await import('../client/issuer-client.ts');
  await signOut(signIn).catch((error: unknown) => {
    io.err(`It is forgotten here, but the issuer was not told: ${reasonOf(error)}\n`);
  });
}

async function whoami(options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, paint, now } = session(options, io);
  const me = fit(Me, await api.get('/me'), '/me');
  show(me, () => meText(me, apiUrl(io.env), now, paint));
}

function ownFile(io: Io): SignInFile {
  const { userDir } = cliEnvironment(io.env);
  if (userDir !== undefined) return signInFile(userDir);
  throw new CliError(
    'there is no home to keep a sign-in in: set HOME or XDG_CONFIG_HOME, or use HANDBACK_TOKEN',
  );
}
