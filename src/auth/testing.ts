/** Surroundings for tests: files, variables and servers made of plain values. */

import { parsePath } from "../stores/url.js";
import type { AwsKeys } from "./aws-keys.js";
import type { Chain } from "./chain.js";
import { type AuthOptions, authOf } from "./index.js";
import type { AuthAnswer, AuthRequest, AuthSurroundings } from "./surroundings.js";

export interface Fake extends AuthSurroundings {
  readonly requests: AuthRequest[];
  readonly ran: (readonly string[])[];
  readonly warnings: string[];
  /** Milliseconds since 1970, settable. */
  time: number;
}

export interface FakeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Texts by path; an object is stored as JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
  /** Files that everyone may read. */
  readonly isPublic?: readonly string[];
  readonly machine?: "google" | "amazon";
  readonly answer?: (request: AuthRequest, n: number) => AuthAnswer | object | string;
  readonly run?: (command: readonly string[]) => string;
}

export function fakeSurroundings(options: FakeOptions = {}): Fake {
  const { env = {}, files = {}, isPublic = [], machine, answer, run } = options;
  const requests: AuthRequest[] = [];
  const ran: (readonly string[])[] = [];
  const warnings: string[] = [];
  const fake: Fake = {
    env,
    home: "/people/me",
    machine: async () => machine,
    readFile: async (path) => {
      const file = files[path];
      if (file === undefined) return undefined;
      return {
        text: typeof file === "string" ? file : JSON.stringify(file),
        isPublic: isPublic.includes(path),
      };
    },
    request: async (request) => {
      requests.push(request);
      if (answer === undefined) throw new Error("no network here");
      const got = answer(request, requests.length - 1);
      if (typeof got === "string") return { status: 200, text: got };
      return "status" in got ? (got as AuthAnswer) : { status: 200, text: JSON.stringify(got) };
    },
    run: async (command) => {
      ran.push(command);
      if (run === undefined) throw new Error("no such program");
      return run(command);
    },
    now: () => fake.time,
    warn: (text) => void warnings.push(text),
    requests,
    ran,
    warnings,
    time: Date.parse("2026-01-01T00:00:00Z"),
  };
  return fake;
}

/** The chain of a path, whatever kind it is. */
export function chainOf(path: string, fake: AuthSurroundings, options: AuthOptions = {}): Chain<object> {
  const auth = authOf(parsePath(path, { aliases: { lab: "s3://https://s3.lab.edu/" } }), fake, options);
  if (auth.service === "none") throw new Error(`${path} needs no credentials`);
  return auth.chain as Chain<object>;
}

export function awsChain(fake: AuthSurroundings, options: AuthOptions = {}): Chain<AwsKeys> {
  return chainOf("s3://bucket/layer", fake, options) as Chain<AwsKeys>;
}
