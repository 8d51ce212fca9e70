import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stack traces of failures are encrypted too: without this they would stand in the history as plain text. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
