/** What a lifecycle event says happened to a person. */
export const LIFECYCLE_KINDS = ['joiner', 'mover', 'leaver', 'suspension', 'rehire', 'cancellation'] as const;
export type LifecycleKind = (typeof LIFECYCLE_KINDS)[number];
