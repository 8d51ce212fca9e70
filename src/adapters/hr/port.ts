/** The HR system: says who leaves and when. It sends webhooks; its state can be read again where it offers that. */
import type { CallOptions, Page } from '../read-options.ts';
import type { DirectoryPerson } from '../identity/port.ts';

export type { DirectoryPerson } from '../identity/port.ts';

export interface HrSystem {
  /** The employee as HR has them now; `leaveAt` is the end of the last working day in the person's time zone. `null`: unknown. */
  readEmployee(externalId: string, options?: CallOptions): Promise<DirectoryPerson | null>;
  listEmployees(cursor: string | null, options?: CallOptions): Promise<Page<DirectoryPerson>>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
