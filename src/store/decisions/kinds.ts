/** What each kind of decision binds when it is asked for, and what it does when it is approved. */

import type { Gate } from '../../domain/gates.ts';
import type { Route } from '../../domain/routes.ts';
import type { Tx } from '../database.ts';
import type { DecisionRow } from '../read/decisions.ts';
import { approveMismatch, bindMismatch } from './approve-mismatch.ts';
import { approveWipe, bindWipe } from './approve-wipe.ts';
import { bindRoute, changeRoute } from './change-route.ts';
import type { Bound } from './decisions.ts';
import { bindLost, declareLost } from './declare-lost.ts';
import { approveErasure, bindErasure } from './erase-person.ts';
import { bindSwitchOff, switchOff } from './kill-switch-off.ts';
import { bindMove, bindPolicy, changePolicy, movePolicy } from './policy.ts';
import { bindRelease, releaseLimit } from './release-wipe-limit.ts';
import { bindDelegation, delegate } from './vendor-sanitises.ts';
import { bindWaiver, waive } from './waive-gate.ts';

/** What a person asks for, before it is bound to what is so now. */
export type DecisionRequest =
  | {
      readonly kind: 'approve-wipe' | 'approve-mismatch' | 'vendor-sanitises' | 'declare-lost';
      readonly deviceId: string;
    }
  | {
      readonly kind: 'change-route';
      readonly deviceId: string;
      readonly to: Route;
      readonly reviewAt: string | null;
    }
  | {
      readonly kind: 'waive-gate';
      /** `case:<id>` or `device:<id>`. */
      readonly stream: string;
      readonly gate: Gate;
      readonly expiresAt: string;
    }
  | { readonly kind: 'release-wipe-limit' | 'kill-switch-off' | 'change-policy' }
  | { readonly kind: 'move-policy'; readonly caseId: string }
  | { readonly kind: 'erase-person'; readonly personId: string };

/** @throws NotToDecide */
export function bind(tx: Tx, request: DecisionRequest, now: Date): Promise<Bound> {
  switch (request.kind) {
    case 'approve-wipe':
      return bindWipe(tx, request.deviceId, now);
    case 'approve-mismatch':
      return bindMismatch(tx, request.deviceId);
    case 'vendor-sanitises':
      return bindDelegation(tx, request.deviceId, now);
    case 'declare-lost':
      return bindLost(tx, request.deviceId);
    case 'change-route':
      return bindRoute(tx, request, now);
    case 'waive-gate':
      return bindWaiver(tx, request, now);
    case 'release-wipe-limit':
      return bindRelease(tx);
    case 'kill-switch-off':
      return bindSwitchOff(tx);
    case 'change-policy':
      return bindPolicy(tx);
    case 'move-policy':
      return bindMove(tx, request.caseId);
    case 'erase-person':
      return bindErasure(tx, request.personId, now);
  }
}

export function apply(tx: Tx, row: DecisionRow, by: string, now: Date): Promise<void> {
  const { subject } = row;
  switch (subject.kind) {
    case 'approve-wipe':
      return approveWipe(tx, row, subject, by, now);
    case 'approve-mismatch':
      return approveMismatch(tx, row, subject, by, now);
    case 'vendor-sanitises':
      return delegate(tx, row, subject, by, now);
    case 'declare-lost':
      return declareLost(tx, row, subject, by, now);
    case 'change-route':
      return changeRoute(tx, row, subject, by, now);
    case 'waive-gate':
      return waive(tx, row, subject, by, now);
    case 'release-wipe-limit':
      return releaseLimit(tx, row, by, now);
    case 'kill-switch-off':
      return switchOff(tx, row, by, now);
    case 'change-policy':
      return changePolicy(tx, row, subject, by, now);
    case 'move-policy':
      return movePolicy(tx, row, subject, by, now);
    case 'erase-person':
      return approveErasure(tx, row, subject, by, now);
  }
}
