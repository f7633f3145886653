// What can go wrong, by what there is to do about it.

/** A field of a request that the server did not like. */
export interface ErrorDetail {
  field: string;
  message: string;
  type: string;
}

/** The server answered, and said no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** As the server names it: `VALIDATION_ERROR`, `AUTH_TOKEN_EXPIRED`, ... */
    readonly code: string,
    message: string,
    readonly details: ErrorDetail[] = [],
    /** By which the server's operator finds the request. */
    readonly requestId: string | null = null,
    /** How long the server wants to be left alone, if it said so. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** No answer: not reached, cut off, too slow, or something else answered in the server's place. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Nobody is signed in: never was, signed out, or the session was ended elsewhere. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError';

  constructor(message = 'Nobody is signed in') {
    super(message);
  }
}

/** Somebody else's operations wait in the store. */
export class OtherUserError extends Error {
  override readonly name = 'OtherUserError';

  constructor() {
    super('This store belongs to another user: wipe it, or open another one');
  }
}
