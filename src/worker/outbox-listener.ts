import pg from 'pg';
import { OUTBOX_CHANNEL } from '../store/outbox.ts';

export interface Listener {
  close(): Promise<void>;
}

/**
 * Hears of new outbox rows at once. A connection that breaks is opened again; meanwhile the relay's own interval finds them.
 */
export function listenToOutbox(url: string, heard: () => void): Listener {
  let closed = false;
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;

  function again(): void {
    client = null;
    if (closed || retry !== null) return;
    retry = setTimeout(() => {
      retry = null;
      void open();
    }, 1_000);
  }

  async function open(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'handback-relay' });
    next.on('error', again);
    next.on('end', again);
    next.on('notification', heard);
    try {
      await next.connect();
      await next.query(`listen ${OUTBOX_CHANNEL}`);
      client = next;
      heard();
    } catch {
      again();
    }
  }

  void open();
  return {
    async close() {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
