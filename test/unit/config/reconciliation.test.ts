import { describe, expect, it } from 'vitest';
import { PolicySchema } from '../../../src/config/policy-schema.ts';
import { findingOwner, RECONCILIATION, reconciliationOf } from '../../../src/domain/reconciliation-policy.ts';

describe('the policy’s reconciliation', () => {
  it('is quarterly, and a policy that says nothing of it has the digest that it always had', () => {
    const policy = PolicySchema.parse({});
    expect(policy).not.toHaveProperty('reconciliation');
    expect(reconciliationOf(policy)).toMatchObject({ every: 'quarter', timeZone: 'UTC' });
    expect(PolicySchema.parse({ reconciliation: {} }).reconciliation).toEqual(RECONCILIATION);
  });

  it('has days, a time, a place and owners of its own', () => {
    const policy = PolicySchema.parse({
      reconciliation: {
        every: 'week',
        at: '06:30',
        timeZone: 'Europe/Berlin',
        owners: { ghost: 'audit-desk' },
      },
    });
    expect(reconciliationOf(policy)).toMatchObject({
      every: 'week',
      atMinute: 390,
      timeZone: 'Europe/Berlin',
    });
    expect(findingOwner('ghost', policy)).toBe('audit-desk');
    expect(findingOwner('still-depreciating', policy)).toBe('finance');
  });

  it.each([
    { timeZone: 'Mars/Olympus' },
    { at: '25:00' },
    { every: 'year' },
    { owners: { spirit: 'x' } },
    { provenSince: '03/04/26' },
  ])('is refused with %j', (reconciliation) => {
    expect(PolicySchema.safeParse({ reconciliation }).success).toBe(false);
  });
});
