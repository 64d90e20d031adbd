/** No secret is in anything that failing operations say: errors with their causes, logs, clones, what the command line prints. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCli } from "../apps/cli/testing.js";
import { toRecord } from "../src/base/error-record.js";
import { CloudVolume, explainCredentials } from "../src/node.js";
import { listen, type TestServer } from "./servers/static.js";

const CANARY = "c4n4ry";
/** Each secret has the canary in it, in a form that its kind may have. */
const TOKEN = `tok-${CANARY}-en`;
const KEYS = {
  AWS_ACCESS_KEY_ID: "AKIDKNOWN",
  AWS_SECRET_ACCESS_KEY: `s/${CANARY}+x`,
  AWS_SESSION_TOKEN: `t-${CANARY}`,
};
const WEB = { user: "me", password: `p-${CANARY}` };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ROBOT = {
  type: "service_account",
  client_email: "robot@lab.example",
  private_key_id: `kid-${CANARY}`,
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
};
const KEY_LINE = ROBOT.private_key.split("\n")[5]!;
/** What must not be found, in plain or as it is sent: Basic is base64, and so are lines of keys. */
const FORBIDDEN: readonly string[] = [
  CANARY,
  Buffer.from(`me:p-${CANARY}`).toString("base64"),
  KEY_LINE,
  encodeURIComponent(KEYS.AWS_SECRET_ACCESS_KEY),
];

let server: Omit<TestServer, "requests"> & { readonly server: Server };
let answer: (path: string) => readonly [status: number, body: string, headers?: Record<string, string>];
const heard: string[] = [];
beforeAll(async () => {
  server = await listen(
    createServer((request, response) => {
      heard.push(JSON.stringify(request.headers));
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [status, body, headers = {}] = answer(request.url ?? "");
        // A server that says back what it was told.
        const echo = body.replace("ECHO", JSON.stringify(request.headers) + Buffer.concat(chunks).toString());
        if (status === 0) response.socket?.destroy();
        else response.writeHead(status, headers).end(echo);
      });
    }),
  );
});
afterAll(() => server.close());

/** Everything that a caller could print of a failure. */
function said(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null; at = (at as Error).cause) {
    parts.push(String(at), inspect(at, { depth: 10, showHidden: true }), JSON.stringify(at) ?? "");
    if (at instanceof Error) parts.push(at.stack ?? "");
  }
  parts.push(JSON.stringify(toRecord(error)), inspect(structuredClone(toRecord(error)), { depth: 10 }));
  return parts.join("\n");
}

function clean(text: string): void {
  for (const secret of FORBIDDEN) expect(text).not.toContain(secret);
}

const ANSWERS: readonly Parameters<typeof reply>[] = [
  [400, "<Error><Code>InvalidArgument</Code><Message>ECHO</Message></Error>"],
  [401, "ECHO"],
  [403, "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>ECHO</StringToSign></Error>"],
  [403, '{"error":{"message":"denied"}}'],
  [404, "<Error><Code>NoSuchBucket</Code><Resource>ECHO</Resource></Error>"],
  [404, "ECHO"],
  [200, "ECHO"],
  [200, "{broken ECHO"],
  [302, "", { location: `http://127.0.0.1:1/?x=${CANARY}` }],
  [500, "ECHO"],
  [503, "<Error><Code>SlowDown</Code><Message>ECHO</Message></Error>"],
  [0, ""],
];
function reply(status: number, body: string, headers: Record<string, string> = {}): void {
  // The echo of a redirect's address is the server's own text, and no secret of ours.
  const plain = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, v.replace(CANARY, "x")]));
  answer = () => [status, body, plain];
}

describe("500 operations that fail", () => {
  const output: string[] = [];
  const spies: (() => void)[] = [];
  beforeAll(() => {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      stream.write = ((text: string | Uint8Array, ...rest: never[]) => {
        output.push(typeof text === "string" ? text : Buffer.from(text).toString());
        return write(text, ...rest);
      }) as typeof stream.write;
      spies.push(() => {
        stream.write = write;
      });
    }
  });
  afterAll(() => {
    for (const restore of spies) restore();
  });

  it("say no secret", async () => {
    const port = server.url.replace("http://", "");
    const kinds = [
      { path: `${server.url}/layer`, secrets: WEB },
      { path: `${server.url}/layer`, secrets: TOKEN },
      { path: `s3://${server.url}/bucket/layer`, secrets: KEYS },
      { path: "gs://bucket/layer", secrets: TOKEN, bucket: { endpoint: server.url } },
      {
        path: "gs://bucket/layer",
        secrets: { ...ROBOT, token_uri: `${server.url}/token` },
        bucket: { endpoint: server.url },
      },
      { path: `middleauth+https://${port}/layer`, secrets: { token: TOKEN } },
      {
        path: `gs://bucket/layer`,
        secrets: { type: `${CANARY}`, private_key: CANARY },
        bucket: { endpoint: server.url },
      },
    ];
    let failed = 0;
    let n = 0;
    const budget = AbortSignal.timeout(240_000);
    while (failed < 500) {
      const kind = kinds[n % kinds.length]!;
      const [status, body, headers] = ANSWERS[Math.floor(n / kinds.length) % ANSWERS.length]!;
      n++;
      reply(status, body, headers);
      // What passes would be tried again for long.
      const isPassing = status === 0 || status >= 500 || status === 302;
      const signal = AbortSignal.any([budget, AbortSignal.timeout(isPassing ? 20 : 5000)]);
      const { path, ...options } = kind;
      try {
        const vol = await CloudVolume.open(path, { ...options, signal });
        clean(inspect(vol, { depth: 6 }) + JSON.stringify(vol.handoff()));
      } catch (error) {
        failed++;
        clean(said(error));
      }
      if (n % 50 === 0 && !isPassing) clean(JSON.stringify(await explainCredentials(path, options)));
      expect(n).toBeLessThan(600);
    }
    expect(failed).toBe(500);
    // The secrets were sent: the test would see them.
    expect(heard.join("\n")).toContain(`Bearer ${TOKEN}`);
    expect(heard.join("\n")).toContain(FORBIDDEN[1]);
    clean(output.join(""));
  });
});

describe("the command line", () => {
  const cli = openCli("canary");
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "cloudvolume-canary-"));
    const secrets = join(home, ".cloudvolume", "secrets");
    mkdirSync(secrets, { recursive: true });
    writeFileSync(join(secrets, "http-secret.json"), JSON.stringify(WEB), { mode: 0o644 });
    writeFileSync(join(secrets, "aws-secret.json"), JSON.stringify(KEYS), { mode: 0o600 });
    writeFileSync(
      join(secrets, "google-secret.json"),
      JSON.stringify({ ...ROBOT, token_uri: `${server.url}/token` }),
      { mode: 0o600 },
    );
    writeFileSync(join(secrets, "cave-secret.json"), `{"token": "${TOKEN}"`, { mode: 0o600 });
    writeFileSync(join(home, "token"), TOKEN, { mode: 0o600 });
  });
  afterAll(() => {
    cli.remove();
    rmSync(home, { recursive: true, force: true });
  });
  const run = async (
    ...args: string[]
  ): Promise<{ status: number | null; stdout: string; stderr: string }> => {
    const { PATH } = process.env;
    const env = {
      PATH,
      HOME: home,
      AWS_SECRET_ACCESS_KEY: `env-${CANARY}`,
      AWS_ACCESS_KEY_ID: "AKIDENV",
      STORAGE_EMULATOR_HOST: server.url,
    };
    const got = await cli.run(args, { env });
    clean(got.stdout + got.stderr);
    return got;
  };

  it("says where credentials come from, with --debug too, and warns of files that all may read", async () => {
    answer = () => [403, "ECHO"];
    for (const path of [
      `${server.url}/layer`,
      `s3://${server.url}/bucket/layer`,
      "gs://bucket/layer",
      "middleauth+https://127.0.0.1:1/l",
    ]) {
      const info = await run("info", path, "--debug");
      expect(info.status).not.toBe(0);
    }
    const denied = await run("info", `${server.url}/layer`, "--secrets", join(home, "token"), "--debug");
    expect(denied.status).toBe(4);

    const web = await run("auth", `${server.url}/layer`, "--json");
    expect(JSON.parse(web.stdout)).toMatchObject({
      source: join(home, ".cloudvolume/secrets/http-secret.json"),
      kind: "user and password",
      tried: [
        { source: "the secrets option" },
        { source: "secret files", outcome: "taken: user and password" },
      ],
    });
    expect(web.stderr).toMatch(/Everyone on this computer may read .*http-secret\.json/);

    const aws = await run("auth", `s3://bucket/layer`);
    expect(aws.stdout).toMatch(/^access key, from .*aws-secret\.json\n/);
    expect(aws.stdout).toMatch(/environment +not asked/);
    expect(aws.stderr).toBe("");

    const broken = await run("auth", "middleauth+https://127.0.0.1:1/l", "--json");
    expect(broken.status).toBe(4);
    expect(JSON.parse(broken.stdout)).toMatchObject({ source: null, kind: "unusable" });

    const google = await run("auth", "gs://bucket/layer");
    expect(google.status).toBe(4);
    expect(google.stdout).toMatch(/HTTP 403/);

    const none = await run("auth", "file:///data/layer");
    expect(none).toMatchObject({ status: 0, stdout: "none needed\n" });
    expect((await run("auth", "s4://x/y")).status).toBe(2);
  });
});
