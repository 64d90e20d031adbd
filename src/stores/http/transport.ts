/** What the http store needs of a platform: one request, its raw answer. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Only a server with a public address may be asked, where the platform can tell. Else RedirectError. */
  readonly publicOnly?: boolean | undefined;
  /** How to take the body, decided when the answer's head is known. */
  readonly receive: (head: HttpHead) => Reception;
}

export interface HttpHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that answered, where the platform tells it. */
  readonly address?: string | undefined;
  /** Whether the platform decoded the body, so that it is not what was sent. */
  readonly isDecoded?: boolean | undefined;
}

export interface Reception {
  /** Most bytes of the body. */
  readonly limit: number;
  /** False: the body is cut off behind the limit. Else it may not be longer: StorageError. */
  readonly strict: boolean;
  /** Gives the place for a body of declared length. */
  readonly into?: ((length: number) => Uint8Array) | undefined;
}

export interface HttpAnswer extends HttpHead {
  /** The body as it was sent, nothing decoded. As long as Content-Length says, if it says anything. */
  readonly body: Uint8Array;
}

/**
 * Sends requests. Failures that may pass are marked as `transient`: broken and refused connections, timeouts,
 * bodies that were cut (IntegrityError). An abort ends the connection at once.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends the connections that are kept for later. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds for a connection to come about. */
  readonly connectTimeout: number;
  /** Milliseconds in which at least a byte must pass. */
  readonly idleTimeout: number;
  /** Milliseconds of an attempt in which 64 KiB must pass, or all of it: ends what comes in drops. Default 60,000. */
  readonly slowTimeout?: number | undefined;
}
