import { Connection } from '@temporalio/client';
import type { Config } from '../../../config/load.ts';
import { reasonOf } from '../../errors.ts';
import { temporalAddressOf } from '../configuration.ts';
import type { Check } from './check.ts';

const LIMIT_MS = 10_000;

/** Temporal: whether it answers, has the namespace, and anybody works there. */
export async function checkTemporal(config: Config, taskQueue: string): Promise<readonly Check[]> {
  const name = 'temporal';
  const { namespace, apiKey } = config.temporal;
  let connection: Connection | undefined;
  try {
    const address = temporalAddressOf(config);
    const access = apiKey === undefined ? {} : { apiKey, tls: true };
    connection = await Connection.connect({ address, connectTimeout: LIMIT_MS, ...access });
    const { workflowService } = connection;
    const { pollers } = await connection.withDeadline(Date.now() + LIMIT_MS, async () => {
      await workflowService.describeNamespace({ namespace });
      // TASK_QUEUE_TYPE_WORKFLOW
      return workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: 1,
      });
    });
    const workers = pollers?.length ?? 0;
    return [
      { name, standing: 'ok', detail: `${address}, namespace ${namespace}` },
      workers > 0
        ? { name: 'worker', standing: 'ok', detail: `${workers} connected within the last minutes` }
        : {
            name: 'worker',
            standing: 'warning',
            detail: 'none is connected: start `handback worker`, or nothing moves',
          },
    ];
  } catch (error) {
    const detail = `it cannot be used (${reasonOf(error)}): check TEMPORAL_ADDRESS and the namespace ${namespace}`;
    return [{ name, standing: 'failed', detail }];
  } finally {
    await connection?.close();
  }
}
