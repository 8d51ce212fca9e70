/** vitest's global set-up: hands every test file the way to the run's shared PostgreSQL. */
import type { TestProject } from 'vitest/node';
import { DOOR } from './provided.ts';
import { closeSharedServer, openSharedServer } from './shared-server.ts';

export async function setup(project: TestProject): Promise<void> {
  project.provide(DOOR, await openSharedServer());
}

export async function teardown(): Promise<void> {
  await closeSharedServer();
}
