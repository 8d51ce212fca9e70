/** A timestamp authority of openssl's: a root, certificates under it, and `openssl ts -reply` behind a small HTTP server. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CONFIG = `
[ca]
default_ca = local
[local]
database = index.txt
new_certs_dir = .
serial = ca.serial
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
[any]
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[mails]
basicConstraints = CA:false
extendedKeyUsage = critical, emailProtection
[stamps-and-mails]
basicConstraints = CA:false
extendedKeyUsage = critical, timeStamping, emailProtection
[tsa]
default_tsa = here
[here]
serial = tsa.serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
`;

/** As `openssl ca` takes times: `20200101000000Z`. */
export interface Validity {
  readonly from: string;
  readonly to: string;
}

const LONG: Validity = { from: '20200101000000Z', to: '20991231000000Z' };

export type Purpose = 'stamps' | 'mails' | 'stamps-and-mails';

/** Files of an authority; all of it lives in one directory that goes with it. */
export interface LocalAuthority {
  readonly directory: string;
  /** The root's certificate, PEM. */
  readonly rootFile: string;
  /** A certificate under the root with its key: `<name>.pem`, `<name>.key`. */
  certify(name: string, purpose: Purpose, validity?: Validity): Promise<void>;
  /** What `openssl ts -reply` answers a request with. */
  reply(request: Uint8Array, signer?: string): Promise<Buffer>;
  openssl(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

export async function localAuthority(): Promise<LocalAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-tsa-'));
  const openssl = async (...args: string[]) => (await run('openssl', args, { cwd: directory })).stdout;
  const files = { 'tsa.cnf': CONFIG, 'index.txt': '', 'ca.serial': '1000\n', 'tsa.serial': '01\n' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const issue = async (
    name: string,
    extensions: string,
    { from, to }: Validity,
    issuer: readonly string[],
  ) => {
    await openssl(
      'req',
      '-new',
      '-config',
      'tsa.cnf',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=Test ${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    await openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'tsa.cnf',
      '-extensions',
      extensions,
      ...issuer,
      '-startdate',
      from,
      '-enddate',
      to,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
  };
  await issue('root', 'root', LONG, ['-selfsign', '-keyfile', 'root.key']);
  let asked = 0;
  const authority: LocalAuthority = {
    directory,
    rootFile: join(directory, 'root.pem'),
    openssl,
    certify: (name, purpose, validity = LONG) =>
      issue(name, purpose, validity, ['-cert', 'root.pem', '-keyfile', 'root.key']),
    async reply(request, signer = 'tsa') {
      asked += 1;
      const [query, answer] = [`${asked}.tsq`, `${asked}.tsr`];
      await writeFile(join(directory, query), request);
      await openssl(
        'ts',
        '-reply',
        '-config',
        'tsa.cnf',
        '-queryfile',
        query,
        '-signer',
        `${signer}.pem`,
        '-inkey',
        `${signer}.key`,
        '-out',
        answer,
      );
      return readFile(join(directory, answer));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  await authority.certify('tsa', 'stamps');
  return authority;
}

/** What the server does with a request; by default it is answered as it should be. */
export type Behaviour = (request: Buffer) => Promise<{ readonly status: number; readonly body: Buffer }>;

/** The authority over HTTP, as RFC 3161 section 3.4 has it. */
export async function authorityServer(authority: LocalAuthority) {
  const as = { behaviour: null as Behaviour | null };
  const requests: { readonly type: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const { 'content-type': type, authorization } = request.headers;
      requests.push({ type, authorization });
      const answer = await (as.behaviour?.(body) ??
        authority.reply(body).then((reply) => ({ status: 200, body: reply })));
      response.writeHead(answer.status, { 'content-type': 'application/timestamp-reply' }).end(answer.body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/tsr`, as, requests, close: () => void server.close() };
}
