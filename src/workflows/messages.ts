/** Names and shapes of what workflows exchange with the outside. Ids only: payloads hold no personal data. */
import { defineSignal } from '@temporalio/workflow';

/** Something outside has changed: look again. Carries nothing; facts decide. */
export const wake = defineSignal('wake');
