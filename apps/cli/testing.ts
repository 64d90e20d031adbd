/** The built command line as a child process, for tests. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { formatNpy, parseNpy, type StridedArray, type TypedArray } from "../../src/node.js";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  /** Standard output as it came. */
  readonly bytes: Buffer;
  readonly stderr: string;
}

export interface CliOptions extends SpawnOptions {
  readonly input?: Uint8Array;
}

export interface Cli {
  /** A folder of its own, where commands run. */
  readonly folder: string;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<Outcome>;
  /** Starts a command. */
  start(args: readonly string[], options?: SpawnOptions): ChildProcess;
  remove(): void;
}

/** The program as built for this test run, in a folder of its own below the temporary one. */
export function openCli(name: string): Cli {
  const program = join(inject("build"), "cli.js");
  const folder = mkdtempSync(join(tmpdir(), `cloudvolume-cli-${name}-`));
  const start: Cli["start"] = (args, options = {}) =>
    spawn(process.execPath, [program, ...args], { cwd: folder, ...options });
  return {
    folder,
    start,
    run: (args, { input, ...options } = {}) => outcome(start(args, options), input),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Waits for a started command. */
export async function outcome(child: ChildProcess, input?: Uint8Array): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const status = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  const bytes = Buffer.concat(out);
  return { status, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
}

/** A .npy file of 0, 1, 2, … (modulo `modulo`) in Fortran order. */
export function countingNpy(data: TypedArray, shape: readonly number[], modulo = 251): Uint8Array {
  for (let i = 0; i < data.length; i++)
    data[i] = typeof data[0] === "bigint" ? BigInt(i % modulo) : i % modulo;
  const stride = shape.map((_, i) => shape.slice(0, i).reduce((n, size) => n * size, 1));
  return formatNpy({ data, shape, stride });
}

/** A .npy file of an array in C order, which NumPy writes by default. */
export function cOrderNpy({ data, shape, dtype }: StridedArray): Uint8Array {
  const reversed = formatNpy({
    data,
    shape: [...shape].reverse(),
    stride: shape.map((_, i) => shape.slice(shape.length - i).reduce((n, size) => n * size, 1)),
    ...(dtype === undefined ? {} : { dtype }),
  });
  // Fortran order with the axes reversed is C order: only the header changes.
  const text = Buffer.from(reversed).toString("latin1");
  const list = `(${[...shape].reverse().join(", ")})`;
  const changed = text
    .replace("'fortran_order': True", "'fortran_order': False")
    .replace(list, `(${shape.join(", ")})`);
  return Buffer.from(changed.replace(/ \n/, "\n"), "latin1");
}

export function readArray(bytes: Uint8Array): StridedArray {
  return parseNpy(bytes);
}
