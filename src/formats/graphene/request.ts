/** A question to a graph server, as plain values: what is sent is decided here, and sent elsewhere. */
export interface GraphRequest {
  readonly method: "GET" | "POST";
  /** Below the server's root. */
  readonly path: string;
  /** In the order in which they are sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | undefined;
  /** Whether the body is large enough to be sent, and its answer to be taken, in gzip. Undefined: the answer alone. */
  readonly gzip?: boolean | undefined;
  /** Most bytes of the answer. */
  readonly limit: number;
}

/** Most bytes of an answer whose length cannot be known beforehand. */
export const LARGE_ANSWER: number = 2 ** 30;

export function queryText(query: GraphRequest["query"]): string {
  return query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

/** Members of a query that may be missing. */
export function optionalQuery(
  ...members: readonly (readonly [name: string, value: string | number | undefined])[]
): [string, string][] {
  return members.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
}
