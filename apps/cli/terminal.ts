/** What a stream can show of a picture. */
import type { TerminalOptions } from "../../src/node.js";

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** 24 bits where the terminal says so, else 256 colours; characters where colours are not wanted, or nobody is at a terminal. */
export function terminalOf(stream: Stream, env: NodeJS.ProcessEnv): TerminalOptions {
  const { NO_COLOR, TERM, COLORTERM = "" } = env;
  const isTerminal = stream.isTTY === true;
  const isPlain = !isTerminal || Boolean(NO_COLOR) || TERM === "dumb";
  const columns = Math.min(160, stream.columns ?? 80);
  const rows = Math.max(8, (stream.rows ?? 42) - 2);
  return { columns, rows, colors: isPlain ? 0 : /truecolor|24bit/i.test(COLORTERM) ? 24 : 8 };
}
