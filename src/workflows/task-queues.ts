/** Task queues. Each connector has one of its own, so that a slow vendor delays nobody else. */

/** Workflows and the work that only needs the database. */
export const ENGINE_QUEUE = 'handback';

export function connectorQueue(connector: string): string {
  return `handback-connector-${connector}`;
}
