/** A page has no variables and no files: only the network, and the credentials that are given to it. */
import { AuthenticationError, TimeoutError } from "../base/errors.js";
import type { AuthAnswer, AuthRequest, AuthSurroundings } from "./surroundings.js";

const warned = new Set<string>();

export function nodeSurroundings(): AuthSurroundings {
  return {
    env: {},
    home: undefined,
    machine: async () => undefined,
    readFile: async () => undefined,
    request: send,
    run: async ([program = ""]) => {
      throw new AuthenticationError("A page cannot run programs", { where: program });
    },
    now: Date.now,
    warn: (text) => {
      if (!warned.has(text)) console.warn(text);
      warned.add(text);
    },
  };
}

async function send({ method = "GET", url, headers, body, timeout }: AuthRequest): Promise<AuthAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new TimeoutError("no answer in time")), timeout);
  try {
    const request = { method, headers: { ...headers }, body: body ?? null, signal: late.signal };
    const answer = await fetch(url, { ...request, redirect: "manual" });
    return { status: answer.status, text: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
}
