/** Signals and arguments of the straightforward program's workflows. */
import { defineSignal } from '@temporalio/workflow';

export interface WipeEnded {
  readonly serial: string;
  readonly state: string;
}

/** The certificate of one device, as the pickup's workflow read it. */
export interface Certified {
  readonly serial: string;
  readonly certificateId: string;
  readonly date: string;
}

export const wipeEnded = defineSignal<[WipeEnded]>('wipeEnded');
export const returned = defineSignal<[{ readonly serial: string }]>('returned');
export const certified = defineSignal<[Certified]>('certified');

export type VendorList = 'scanned' | 'receipt' | 'certificates';

export const available = defineSignal<[{ readonly what: VendorList }]>('available');
export const confirmed = defineSignal('confirmed');

export interface LeaverInput {
  readonly oktaId: string;
}

export interface PickupInput {
  readonly pickupId: string;
}

export const TASK_QUEUE = 'straightforward';

export function leaverWorkflowId(oktaId: string): string {
  return `leaver-${oktaId}`;
}

export function pickupWorkflowId(pickupId: string): string {
  return `pickup-${pickupId}`;
}
