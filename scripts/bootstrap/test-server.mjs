/**
 * Temporal's time-skipping test server, for the tests that wait for months: the official download, or
 * its Java archive from Maven with a small script that starts it. Tests that need it are skipped, with
 * the reason, where neither can be had.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import {
  knownTestServer,
  nativeTestServer,
  scriptTestServer,
  TEST_SERVER_VERSION,
  testServerHome,
} from './known-servers.mjs';
import { officialDownload } from './official-download.mjs';
import { say } from './say.mjs';
import { installOnce } from './staging.mjs';

const OLDEST_JAVA = 17;
const MAVEN_LIMIT_MS = 15 * 60_000;

const windows = process.platform === 'win32';

/**
 * @param {{ cache: string, node: string }} where
 * @returns {Promise<{ path: string } | { missing: string }>} an executable that takes the port as its
 *   argument, or why there is none
 */
export async function ensureTestServer({ cache, node }) {
  const known = knownTestServer();
  if (known) return { path: known };
  const destination = testServerHome(cache);
  const isThere = () => executable(destination) !== undefined;
  try {
    await installOnce(
      { cache, name: 'test-server', purpose: 'the test server', destination, isThere },
      (dir) => build(dir, node),
    );
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    say(`${error.message}; the tests that need it will be skipped`);
    return { missing: error.message };
  }
  return { path: executable(destination) };
}

class NotAvailable extends Error {}

function executable(destination) {
  return [nativeTestServer, scriptTestServer]
    .map((name) => join(destination, name))
    .find((path) => existsSync(path));
}

async function build(dir, node) {
  const home = join(dir, 'home');
  mkdirSync(home);
  say('getting the time-skipping test server: official download (10 s to 1 min)');
  const doing = 'downloading the test server';
  const native = await officialDownload({
    node,
    artifact: 'temporal-test-server',
    version: 'default',
    dir,
    doing,
  });
  if ('file' in native) {
    renameSync(native.file, join(home, nativeTestServer));
    return home;
  }
  say(`the download did not work out: ${native.problem}`);
  const problem = await fromMaven(home);
  if (problem === undefined) return home;
  throw new NotAvailable(`no time-skipping test server: download: ${native.problem}; Maven: ${problem}`);
}

/** @returns {Promise<string | undefined>} why it did not work */
async function fromMaven(home) {
  const java = javaCommand();
  const version = await run(java, ['-version'], { limitMs: 30_000 });
  if (!version.ok) return 'Java is not installed';
  const major = Number(/version "(\d+)/.exec(version.output)?.[1] ?? 0);
  if (major < OLDEST_JAVA) return `it needs Java ${OLDEST_JAVA} or newer`;

  say('getting the time-skipping test server with Maven (15 s to 2 min, 38 MB, once per user)');
  writeFileSync(join(home, 'pom.xml'), pom);
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const args = ['-B', '-q', '-f', join(home, 'pom.xml'), copy, '-DincludeScope=runtime'];
  args.push(`-DoutputDirectory=${join(home, 'lib')}`);
  const doing = 'getting the test server with Maven';
  const result = await run(windows ? 'mvn.cmd' : 'mvn', args, {
    limitMs: MAVEN_LIMIT_MS,
    doing,
    shell: windows,
  });
  if (result.notFound) return 'Maven is not installed';
  if (!result.ok)
    return `mvn ${result.problem}: ${result.output.split('\n').find((line) => line.includes('ERROR')) ?? ''}`;
  writeFileSync(join(home, scriptTestServer), windows ? windowsScript(java) : unixScript(java));
  chmodSync(join(home, scriptTestServer), 0o755);
  return undefined;
}

function javaCommand() {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
}

const MAIN = 'io.temporal.testserver.TestServer';

function unixScript(java) {
  return `#!/bin/sh\nexec "${java}" -cp "$(dirname "$0")/lib/*" ${MAIN} "$@"\n`;
}

function windowsScript(java) {
  return `@"${java}" -cp "%~dp0lib\\*" ${MAIN} %*\r\n`;
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>handback</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
