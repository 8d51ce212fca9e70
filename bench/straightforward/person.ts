/** What a leaver is known by across systems. */
export interface Person {
  readonly oktaId: string;
  readonly entraIds: readonly string[];
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
}
