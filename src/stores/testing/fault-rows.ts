/** Faults of a server, and what the caller should see of each. No test framework here. */
import type { Fault } from "../../../test/servers/fault.js";
import {
  AuthorizationError,
  type CloudVolumeError,
  IntegrityError,
  RedirectError,
  StorageError,
  TimeoutError,
  TooManyRedirects,
  UnsupportedCompressionType,
} from "../../base/errors.js";

export type Expected = "right" | "missing" | (new (what: string) => CloudVolumeError);

/** What a transport does with answers. */
export interface Manners {
  /** Whether the server tells checksums of whole objects. */
  readonly isChecked: boolean;
  readonly redirects: boolean;
}

/** @property only where: "whole" objects, "part"s, or both. */
export type Row = readonly [
  title: string,
  fault: Fault | readonly Fault[],
  expected: Expected,
  requests: number,
  only?: "whole" | "part",
];

export const status = (n: number, headers?: Record<string, string>): Fault => ({
  kind: "status",
  status: n,
  ...(headers && { headers }),
});
export const header = (name: string, value: string | undefined): Fault => ({
  kind: "headers",
  headers: { [name]: value },
});
export const NONE: Fault = { kind: "none" };

export function rowsOf({ isChecked, redirects }: Manners): readonly Row[] {
  const refused = redirects ? RedirectError : StorageError;
  return [
    ["nothing", NONE, "right", 1],
    ["404", status(404), "missing", 1],
    ["401", status(401), AuthorizationError, 1],
    ["403", status(403), AuthorizationError, 1],
    ["403 after a 503", [status(503), status(403)], AuthorizationError, 2],
    ["404 after a 503", [status(503), status(404)], "missing", 2],
    ...[400, 405, 409, 411, 413, 414, 415, 418, 422, 451].map(
      (n): Row => [`${n}`, status(n), StorageError, 1],
    ),
    ...[408, 429, 500, 502, 503, 504].flatMap((n): Row[] => [
      [`${n} for ever`, status(n), StorageError, 3],
      [`${n} once`, [status(n), NONE], "right", 2],
      [`a burst of ${n}`, [status(n), status(n), NONE], "right", 3],
    ]),
    ["429 with Retry-After", [status(429, { "Retry-After": "0" }), NONE], "right", 2],
    [
      "503 with a date in Retry-After",
      [status(503, { "Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT" }), NONE],
      "right",
      2,
    ],
    ["503 with an odd Retry-After", [status(503, { "Retry-After": "soon" }), NONE], "right", 2],
    ["a reset before the answer", { kind: "reset" }, StorageError, 3],
    ["a reset, then right", [{ kind: "reset" }, NONE], "right", 2],
    ["a reset in the body", { kind: "reset", after: 20 }, StorageError, 3],
    ["a reset in the body, then right", [{ kind: "reset", after: 20 }, NONE], "right", 2],
    ["no answer", { kind: "hang" }, TimeoutError, 3],
    ["no answer, then right", [{ kind: "hang" }, NONE], "right", 2, "whole"],
    ["a body that stalls", { kind: "hang", after: 10 }, TimeoutError, 3],
    ["a body that stalls, then right", [{ kind: "hang", after: 10 }, NONE], "right", 2, "part"],
    ["a late answer", { kind: "delay", milliseconds: 15 }, "right", 1],
    ["a body in drops", { kind: "drip", bytes: 100, milliseconds: 5 }, "right", 1],
    ["a body cut at once", { kind: "cut", after: 0 }, IntegrityError, 3],
    ["a body cut after a byte", { kind: "cut", after: 1 }, IntegrityError, 3],
    ["a body cut before its last byte", { kind: "cut", after: 49 }, IntegrityError, 3],
    ["a body cut, then right", [{ kind: "cut", after: 30 }, NONE], "right", 2],
    ["two cuts, then right", [{ kind: "cut", after: 5 }, { kind: "cut", after: 40 }, NONE], "right", 3],
    ["a length that is one too large", { kind: "length", by: 1 }, IntegrityError, 3],
    ["a length that is too small", { kind: "length", by: -5 }, StorageError, 3],
    ["a wrong length, then right", [{ kind: "length", by: 3 }, NONE], "right", 2],
    ["a chunked body", { kind: "chunked" }, "right", 1],
    ["a chunked body that is cut", { kind: "chunked", after: 30 }, IntegrityError, 3],
    ["what is not HTTP", { kind: "garbage" }, StorageError, 3],
    ["what is not HTTP, then right", [{ kind: "garbage" }, NONE], "right", 2],
    ["an unknown Content-Encoding", header("Content-Encoding", "deflate"), UnsupportedCompressionType, 1],
    ["a Content-Encoding twice", header("Content-Encoding", "gzip, gzip"), UnsupportedCompressionType, 1],
    ["a Content-Encoding of identity", header("Content-Encoding", "identity"), "right", 1],
    ["an upload's Content-Encoding", header("Content-Encoding", "aws-chunked"), "right", 1],
    ["a Content-Encoding of gzip on what is not", header("Content-Encoding", "gzip"), "right", 1, "whole"],
    ["a Content-Encoding of zstd on what is not", header("Content-Encoding", "zstd"), "right", 1, "whole"],
    ["a redirect that leads nowhere", status(302), refused, 1],
    ["a redirect to another protocol", status(302, { Location: "ftp://example.org/" }), refused, 1],
    ["a redirect to a file", status(307, { Location: "file:///etc/passwd" }), refused, 1],
    [
      "a redirect to itself",
      status(301, { Location: "?again" }),
      redirects ? TooManyRedirects : StorageError,
      redirects ? 11 : 1,
    ],
    ...(isChecked
      ? ([
          ["a byte that is another one", { kind: "flip", at: 123 }, IntegrityError, 3, "whole"],
          ["a byte that is another one, then right", [{ kind: "flip", at: 299 }, NONE], "right", 2, "whole"],
          ["a body that was compressed without a label", { kind: "encoded" }, IntegrityError, 3, "whole"],
        ] as const)
      : []),
    ["206 though all was asked for", status(206), StorageError, 1, "whole"],
    ["416 though all was asked for", status(416), StorageError, 1, "whole"],
    ["no length but the connection's end", { kind: "unmeasured" }, "right", 1],
    [
      "a cut that only the length of the part tells",
      { kind: "unmeasured", after: 49 },
      IntegrityError,
      3,
      "part",
    ],
    ["all instead of the part", { kind: "ignore-range" }, "right", 1, "part"],
    ["no Content-Range", header("Content-Range", undefined), IntegrityError, 3, "part"],
    [
      "a Content-Range of other units",
      header("Content-Range", "items 100-149/300"),
      IntegrityError,
      3,
      "part",
    ],
    ["a part that begins too early", header("Content-Range", "bytes 99-148/300"), IntegrityError, 3, "part"],
    ["a part that ends too early", header("Content-Range", "bytes 100-148/300"), IntegrityError, 3, "part"],
    ["a part that ends too late", header("Content-Range", "bytes 100-150/300"), IntegrityError, 3, "part"],
    ["a part beyond its object", header("Content-Range", "bytes 100-149/120"), IntegrityError, 3, "part"],
    ["a part that is shorter and says so", { kind: "clipped", by: 1 }, IntegrityError, 3, "part"],
    ["a wrong part, then right", [header("Content-Range", "bytes 0-49/300"), NONE], "right", 2, "part"],
    ["416 for what is there", status(416), IntegrityError, 3, "part"],
  ];
}
