/** Ranges of bytes over HTTP: asked for exactly, and believed only if the answer is exact. */
import { IntegrityError } from "../../base/errors.js";
import { transient } from "../retry.js";
import type { ByteRange } from "../store.js";
import { contentLength } from "./body.js";
import type { HttpHead } from "./transport.js";

/** The Range header of a range that is not empty. */
export function rangeHeader(range: ByteRange): string {
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  return `bytes=${range.offset}-${Math.min(range.offset + range.length, Number.MAX_SAFE_INTEGER) - 1}`;
}

export interface ContentRange {
  /** First byte and the one behind the last; undefined: none could be given. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
  /** Size of the whole object, if the server knows. */
  readonly total: number | undefined;
}

/** A Content-Range header; undefined if it is none of bytes. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^\s*bytes\s+(?:(\d+)-(\d+)|\*)\/(?:(\d+)|\*)\s*$/i.exec(header ?? "");
  if (match === null) return undefined;
  const [first, last, size] = [match[1], match[2], match[3]].map((n) =>
    n === undefined ? undefined : Number(n),
  );
  const span = first === undefined || last === undefined ? undefined : { from: first, to: last + 1 };
  return { span, total: size };
}

/**
 * Checks that a 206 tells exactly the part that was asked for: from its first byte to its last, or to the
 * object's last. @returns the part's offset and length, and the object's size where known.
 * @throws IntegrityError (transient).
 */
export function checkPart(
  range: ByteRange,
  head: HttpHead,
  where: string,
): { readonly offset: number; readonly length: number; readonly total: number | undefined } {
  const header = head.headers["content-range"];
  const told = parseContentRange(header);
  const wrong = (): IntegrityError =>
    transient(
      new IntegrityError("A server sent another part than was asked for", {
        where,
        expected: rangeHeader(range),
        got: header ?? "no Content-Range",
        fix: "Check that the server, and proxies before it, support HTTP range requests",
      }),
    );
  if (told?.span === undefined) throw wrong();
  const { span, total } = told;
  if (span.to <= span.from || (total !== undefined && span.to > total)) throw wrong();
  const length = span.to - span.from;
  const isExact =
    "suffixLength" in range
      ? total === undefined
        ? length === range.suffixLength
        : span.to === total && span.from === Math.max(0, total - range.suffixLength)
      : span.from === range.offset &&
        span.to === Math.min(range.offset + range.length, total ?? Number.POSITIVE_INFINITY);
  if (!isExact) throw wrong();
  const declared = contentLength(head);
  if (declared !== undefined && declared !== length) throw wrongLength(length, declared, where);
  return { offset: span.from, length, total };
}

/** The error of a part whose body is not as long as its Content-Range. */
export function wrongLength(expected: number, got: number, where: string): IntegrityError {
  return transient(
    new IntegrityError("A part has another length than it declared", {
      where,
      expected: `${expected} bytes`,
      got: `${got}`,
    }),
  );
}
