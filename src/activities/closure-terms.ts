/** What the books must say at the end of a custody, by the route that the device took. */
import type { AssetClosure, AssetOutcome } from '../adapters/inventory/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { disposalEnd } from '../domain/disposal-end.ts';
import { custodyWorkflowId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Route } from '../domain/routes.ts';
import { acceptedCertificate } from '../domain/rules/sanitisation.ts';

const OUTCOMES: Readonly<Record<Exclude<Route, 'dispose'>, Exclude<AssetOutcome, 'disposed'>>> = {
  redeploy: 'in-stock',
  'lessor-return': 'returned-to-lessor',
  'employee-sale': 'sold',
  'legal-retention': 'retained',
  personal: 'retained',
  lost: 'lost',
};

export function closureOf(custody: CustodyState, policy: Policy): AssetClosure {
  const { deviceId, epoch, route, opened, routeChanged, substitutes } = custody;
  const custodyId = custodyWorkflowId(deviceId, epoch);
  if (route !== 'dispose') {
    const document = substitutes.at(-1)?.data;
    return {
      state: OUTCOMES[route],
      at: document?.date ?? routeChanged?.at ?? opened.at,
      reference: document?.reference ?? routeChanged?.data.decisionId ?? null,
      custody: custodyId,
    };
  }
  const certificate = acceptedCertificate(custody, policy)?.data;
  // Without one, two people have waived the handoff: their decision is what the record refers to.
  const waiver = custody.waivers.findLast(({ data }) => data.gate === 'itad-handoff');
  const disposition = disposalEnd(custody);
  return {
    state: 'disposed',
    ...(disposition !== null && { disposition }),
    at: certificate?.date ?? waiver?.at ?? opened.at,
    reference: certificate?.certificateId ?? waiver?.data.decisionId ?? custodyId,
    custody: custodyId,
  };
}
