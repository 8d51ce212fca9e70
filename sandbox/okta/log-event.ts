/** A System Log event, in the shape that both `GET /api/v1/logs` and event hooks carry. */
import { randomUUID } from 'node:crypto';

/** Somebody or something an event speaks of. */
export interface LogEntity {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
  readonly displayName: string;
  readonly detailEntry: Readonly<Record<string, unknown>> | null;
}

export interface LogEvent {
  readonly uuid: string;
  /** When it happened, ISO 8601 with milliseconds. */
  readonly published: string;
  readonly eventType: string;
  readonly actor: LogEntity;
  readonly target: readonly LogEntity[];
  readonly [field: string]: unknown;
}

/** What a caller says about an event; the rest is filled in as Okta does. */
export interface LogEventInput {
  readonly eventType: string;
  readonly displayMessage: string;
  readonly actor: LogEntity;
  readonly target: readonly LogEntity[];
  readonly requestUri?: string;
}

/** The administrator who acts through the admin console. */
export const ADMIN: LogEntity = {
  id: '00uSandboxAdmin00001',
  type: 'User',
  alternateId: 'admin@sandbox.example',
  displayName: 'Sandbox Admin',
  detailEntry: null,
};

/** The owner of the API token. */
export const API_CLIENT: LogEntity = {
  id: '00uSandboxApiUser001',
  type: 'User',
  alternateId: 'api@sandbox.example',
  displayName: 'Sandbox API Client',
  detailEntry: null,
};

/** Makes the full event. */
export function createLogEvent(input: LogEventInput, at: Date): LogEvent {
  const { eventType, displayMessage, actor, target, requestUri = '/' } = input;
  return {
    uuid: randomUUID(),
    published: at.toISOString(),
    eventType,
    version: '0',
    displayMessage,
    severity: 'INFO',
    client: {
      userAgent: { rawUserAgent: 'sandbox', os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: null,
      ipAddress: '192.0.2.10',
      geographicalContext: null,
      ipChain: [],
    },
    device: null,
    actor,
    outcome: { result: 'SUCCESS', reason: null },
    target,
    transaction: { type: 'WEB', id: randomUUID().replaceAll('-', '').slice(0, 27), detail: {} },
    debugContext: { debugData: { requestUri, url: requestUri } },
    legacyEventType: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      authenticationStep: 0,
      externalSessionId: 'unknown',
      interface: null,
    },
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    insertionTimestamp: null,
  };
}
