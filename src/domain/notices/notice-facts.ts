/** A message to somebody. Ids, role, channel, template and language only: never an address, never the text. */
interface Notice {
  readonly notificationId: string;
  readonly round: number;
  readonly role: string;
  readonly connector: string;
  readonly template: string;
  readonly language: string;
}

/** On the stream of the case or device that the message is about. */
export interface NoticeFacts {
  'notice.sent': Notice;
  'notice.failed': Notice & {
    /** `failed`: certainly not sent. `unknown`: the answer was lost, and it is not sent again by itself. */
    readonly outcome: 'failed' | 'unknown';
    readonly why: string;
  };
  /** Somebody decided that it goes out again, under a new id. */
  'notice.resend-ordered': {
    readonly notificationId: string;
    readonly round: number;
    readonly resendOf: string;
    readonly by: string;
  };
}
