/** The real surroundings: this process's variables and files, the network, the machine's firmware. */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { TimeoutError } from "../base/errors.js";
import { platformTransport } from "../stores/http/platform.js";
import type { Transport } from "../stores/http/transport.js";
import type { AuthAnswer, AuthRequest, AuthSurroundings, SecretFile } from "./surroundings.js";

const MOST_BYTES = 1 << 20;
const warned = new Set<string>();
let transport: Transport | undefined;
let vendor: Promise<"google" | "amazon" | undefined> | undefined;

export function nodeSurroundings(): AuthSurroundings {
  return {
    env: process.env,
    home: homeFolder(),
    machine: () => {
      vendor ??= machineVendor();
      return vendor;
    },
    readFile: readSecretFile,
    request: send,
    run: runProgram,
    now: Date.now,
    warn: (text) => {
      if (warned.has(text)) return;
      warned.add(text);
      process.emitWarning(text, { type: "SecretsWarning" });
    },
  };
}

function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

async function readSecretFile(path: string): Promise<SecretFile | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const { mode } = await stat(path);
    return { text, isPublic: process.platform !== "win32" && (mode & 0o004) !== 0 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function send({ method = "GET", url, headers, body, timeout }: AuthRequest): Promise<AuthAnswer> {
  transport ??= platformTransport({ connectTimeout: 5000, idleTimeout: 10_000 });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new TimeoutError("no answer in time")), timeout);
  try {
    const answer = await transport.send({
      method,
      url: new URL(url),
      headers: { "user-agent": "cloudvolume", accept: "*/*", ...headers },
      ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
      signal: late.signal,
      receive: () => ({ limit: MOST_BYTES, strict: true }),
    });
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  } finally {
    clearTimeout(timer);
  }
}

function runProgram([program = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 60_000, maxBuffer: MOST_BYTES }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });
}

/** Source: how Google's and AWS's own libraries know their machines. */
async function machineVendor(): Promise<"google" | "amazon" | undefined> {
  const read = (name: string): Promise<string> =>
    readFile(`/sys/class/dmi/id/${name}`, "utf8").then(
      (text) => text.trim(),
      () => "",
    );
  if (/^google/i.test(await read("product_name"))) return "google";
  if (/^amazon/i.test(await read("sys_vendor"))) return "amazon";
  return undefined;
}
