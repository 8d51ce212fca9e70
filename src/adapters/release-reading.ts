/** Whether something still ties a device to us, as read back. */
export type ReleaseReading =
  /** Nothing does (any more). A tie that never was looks the same. */
  | 'released'
  | 'still-held'
  /** This kind of tie does not exist for such a device. */
  | 'not-applicable'
  /** The vendor answered, and cannot tell. Says nothing; never counts as released. */
  | 'unreadable';
