/** Lines of a text that comes in pieces. */
import { DecodingError } from "../../../../base/errors.js";

/** A text: whole, or in pieces that may end anywhere, of UTF-8 or characters. */
export type TextSource = string | Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end. */
  readonly text: string;
}

/** No line is longer. */
const MOST = 64 << 20;

/** All lines, whatever their ends. @throws DecodingError for what is no UTF-8, and for lines of more than 64 Mi characters. */
export async function* linesOf(source: TextSource, name: string): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let rest = "";
  const decoded = (piece?: Uint8Array): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch (cause) {
      throw new DecodingError("Not valid UTF-8", { where: `${name}, after line ${number}`, cause });
    }
  };
  for await (const piece of typeof source === "string" ? [source] : source) {
    const text = typeof piece === "string" ? piece : decoded(piece);
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      yield { number: ++number, text: trimmed(rest + text.slice(start, end), number) };
      rest = "";
      start = end + 1;
    }
    rest += text.slice(start);
    if (rest.length > MOST)
      throw new DecodingError("A line is too long", {
        where: `${name}, line ${number + 1}`,
        expected: `at most ${MOST} characters`,
      });
  }
  rest += decoded();
  if (rest !== "") yield { number: ++number, text: trimmed(rest, number) };
}

function trimmed(text: string, number: number): string {
  const from = number === 1 && text.startsWith("\uFEFF") ? 1 : 0;
  return text.slice(from, text.endsWith("\r") ? -1 : undefined);
}
