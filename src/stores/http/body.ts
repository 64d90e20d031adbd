import { IntegrityError, StorageError } from "../../base/errors.js";
import { transient } from "../retry.js";
import type { HttpHead, Reception } from "./transport.js";

/** Bodies up to this size are put in one piece as soon as their length is declared; larger ones as they come. */
const TRUSTED = 64 << 20;

/** Gathers a body: bounded, and as long as declared or refused. */
export class Body {
  readonly #where: string;
  readonly #limit: number;
  readonly #strict: boolean;
  readonly #declared: number | undefined;
  readonly #whole: Uint8Array | undefined;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** @throws StorageError if the declared length is over the limit. */
  constructor(head: HttpHead, { limit, strict, into }: Reception, where: string) {
    this.#where = where;
    this.#limit = limit;
    this.#strict = strict;
    this.#declared = contentLength(head);
    const declared = this.#declared;
    if (declared === undefined) return;
    if (strict && declared > limit) throw this.#tooLong(declared);
    if (declared > limit) return;
    if (into !== undefined) {
      this.#whole = into(declared).subarray(0, declared);
      if (this.#whole.length < declared) throw tooSmall(where, declared, this.#whole.length);
    } else if (declared <= TRUSTED) this.#whole = new Uint8Array(declared);
  }

  /** Takes a piece. @returns whether more is wanted. @throws StorageError beyond the limit. */
  add(piece: Uint8Array): boolean {
    const end = this.#length + piece.length;
    if (this.#declared !== undefined && end > this.#declared) throw this.#wrongLength(end);
    if (end > this.#limit) {
      if (this.#strict) throw this.#tooLong(end);
      this.#pieces.push(piece.slice(0, this.#limit - this.#length));
      this.#length = this.#limit;
      return false;
    }
    if (this.#whole !== undefined) this.#whole.set(piece, this.#length);
    else this.#pieces.push(piece);
    this.#length = end;
    return true;
  }

  /** The body behind its last piece. @throws IntegrityError (transient) if it is shorter than declared. */
  finish(): Uint8Array {
    const declared = this.#declared;
    if (declared !== undefined && this.#length < Math.min(declared, this.#limit))
      throw this.#wrongLength(this.#length);
    if (this.#whole !== undefined) return this.#whole;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** What a connection that broke in the middle of the body is called. */
  cut(cause?: unknown): IntegrityError {
    return transient(
      new IntegrityError("An answer was cut short", {
        where: this.#where,
        ...(this.#declared === undefined ? {} : { expected: `${this.#declared} bytes` }),
        got: `${this.#length} bytes`,
        ...(cause === undefined ? {} : { cause }),
      }),
    );
  }

  #wrongLength(got: number): IntegrityError {
    return transient(
      new IntegrityError("An answer has another length than it declared", {
        where: this.#where,
        expected: `${this.#declared} bytes`,
        got: `${got}`,
      }),
    );
  }

  #tooLong(got: number): StorageError {
    return new StorageError("An answer is longer than allowed", {
      where: this.#where,
      expected: `at most ${this.#limit} bytes`,
      got: `${got}`,
    });
  }
}

function tooSmall(where: string, expected: number, got: number): StorageError {
  return new StorageError("The place for the bytes is too small", {
    where,
    expected: `${expected} bytes`,
    got: `${got}`,
  });
}

/** The declared length of the body, if there is a usable one. */
export function contentLength({ headers }: HttpHead): number | undefined {
  const value = headers["content-length"];
  if (value === undefined || !/^\d+$/.test(value) || headers["transfer-encoding"] !== undefined)
    return undefined;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : undefined;
}
