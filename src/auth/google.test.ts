import { generateKeyPairSync, verify } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { AuthenticationError, StorageError } from "../base/errors.js";
import type { BearerCredentials } from "../stores/credentials.js";
import type { Chain } from "./chain.js";
import type { AuthRequest } from "./surroundings.js";
import { chainOf, type Fake, fakeSurroundings } from "./testing.js";

const GCLOUD = "/people/me/.config/gcloud";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let account: Readonly<Record<string, string>>;
beforeAll(() => {
  account = {
    type: "service_account",
    project_id: "lab",
    private_key_id: "k1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    client_email: "robot@lab.iam.gserviceaccount.com",
    token_uri: "https://oauth2.example/token",
  };
});

const USER = { type: "authorized_user", client_id: "id", client_secret: "cs", refresh_token: "rt" };
const granted = (_request: AuthRequest, n: number): object => ({
  access_token: `ya29.${n}`,
  expires_in: 3599,
});
const of = (fake: Fake, secrets?: object): Chain<BearerCredentials> =>
  chainOf("gs://bucket/layer", fake, {
    secrets: secrets as Record<string, unknown> | undefined,
  }) as Chain<BearerCredentials>;

describe("a service account", () => {
  it("signs a statement with its key and exchanges it for a token", async () => {
    const fake = fakeSurroundings({ answer: granted });
    expect(await of(fake, account).get()).toEqual({ token: "ya29.0", source: "the secrets option" });
    const [{ url, method, body } = { url: "", body: "" }] = fake.requests;
    expect({ url, method }).toEqual({ url: account.token_uri, method: "POST" });
    const form = new URLSearchParams(body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(read(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "k1" });
    const iat = fake.time / 1000;
    expect(read(claims)).toEqual({
      iss: account.client_email,
      scope: "https://www.googleapis.com/auth/devstorage.full_control",
      aud: account.token_uri,
      iat,
      exp: iat + 3600,
    });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("gets another token before the last one expires, and when it is refused", async () => {
    const fake = fakeSurroundings({ answer: granted });
    const chain = of(fake, account);
    const first = (await chain.get())!;
    fake.time += 3_000_000;
    expect(await chain.get()).toBe(first);
    fake.time += 550_000;
    const second = (await chain.get())!;
    expect(second.token).toBe("ya29.1");
    expect((await chain.refresh(second))?.token).toBe("ya29.2");
    expect(fake.requests.length).toBe(3);
  });

  it("whose key is another kind, or damaged, is told so", async () => {
    const pem = privateKey.export({ type: "pkcs1", format: "pem" }) as string;
    await expect(of(fakeSurroundings(), { ...account, private_key: pem }).get()).rejects.toThrow(
      /no such key/,
    );
    const damaged = account.private_key!.replace(/[A-Z]{3}/, "AAA").slice(0, 400);
    await expect(of(fakeSurroundings(), { ...account, private_key: damaged }).get()).rejects.toThrow(
      AuthenticationError,
    );
  });
});

describe("a server of tokens", () => {
  it("that refuses is quoted by its error word alone", async () => {
    const answer = (): object => ({
      status: 400,
      text: '{"error":"invalid_grant","error_description":"bad rt"}',
    });
    const error: unknown = await of(fakeSurroundings({ answer }), USER)
      .get()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toMatch(/HTTP 400 invalid_grant/);
    expect((error as Error).message).not.toMatch(/bad rt/);
  });

  it("that fails for a moment is asked again; one that fails on is a StorageError", async () => {
    const once = fakeSurroundings({
      answer: (r, n) => (n === 0 ? { status: 503, text: "" } : granted(r, n)),
    });
    expect((await of(once, USER).get())?.token).toBe("ya29.1");
    const ever = fakeSurroundings({ answer: () => ({ status: 500, text: "" }) });
    await expect(of(ever, USER).get()).rejects.toThrow(StorageError);
    expect(ever.requests.length).toBe(3);
  });

  it("that sends something else than a token is told", async () => {
    for (const text of ["<html>", "{}", "[]", '{"access_token": 5}'])
      await expect(of(fakeSurroundings({ answer: () => text }), USER).get()).rejects.toThrow(
        AuthenticationError,
      );
  });
});

describe("the order", () => {
  const env = { GOOGLE_APPLICATION_CREDENTIALS: "/keys/app.json", GCE_METADATA_HOST: "127.0.0.1:9" };
  const all = {
    "/people/me/.cloudvolume/secrets/google-secret.json": USER,
    "/keys/app.json": USER,
    [`${GCLOUD}/application_default_credentials.json`]: USER,
    [`${GCLOUD}/configurations/config_default`]: "[core]\naccount = me@lab.edu\n",
    [`${GCLOUD}/legacy_credentials/me@lab.edu/adc.json`]: USER,
  };
  const order = Object.keys(all).filter((path) => !path.includes("config_"));

  it("files, variable, gcloud's files, metadata server, nobody", async () => {
    let files: Record<string, string | object> = { ...all };
    let variables: Record<string, string> = { ...env };
    for (const path of order) {
      const fake = fakeSurroundings({ files, env: variables, answer: granted });
      expect((await of(fake).explain()).source).toBe(path);
      const { [path]: _gone, ...rest } = files;
      files = rest;
      if (path === env.GOOGLE_APPLICATION_CREDENTIALS)
        variables = { GCE_METADATA_HOST: env.GCE_METADATA_HOST };
    }
    const machine = fakeSurroundings({ files, env: variables, answer: granted });
    expect(await of(machine).explain()).toMatchObject({ source: "the metadata server 127.0.0.1:9" });
    expect(machine.requests[0]).toMatchObject({
      url: "http://127.0.0.1:9/computeMetadata/v1/instance/service-accounts/default/token",
      headers: { "metadata-flavor": "Google" },
    });
    expect(await of(fakeSurroundings()).get()).toBeUndefined();
    expect((await of(fakeSurroundings()).explain()).tried.map((t) => t.source)).toEqual([
      "the secrets option",
      "secret files",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "gcloud's files",
      "the metadata server",
    ]);
  });

  it("a variable that names no file is an error, not a step to the next place", async () => {
    await expect(of(fakeSurroundings({ env })).get()).rejects.toThrow(/names no file/);
  });

  it("another folder and another configuration of gcloud", async () => {
    const files = {
      "/gc/active_config": "work\n",
      "/gc/configurations/config_work": "[core]\naccount = a@work\n[compute]\naccount = no\n",
      "/gc/legacy_credentials/a@work/adc.json": USER,
    };
    const fake = fakeSurroundings({ files, env: { CLOUDSDK_CONFIG: "/gc" }, answer: granted });
    expect((await of(fake).explain()).source).toBe("/gc/legacy_credentials/a@work/adc.json");
    const evil = fakeSurroundings({
      files: { "/gc/active_config": "../../x" },
      env: { CLOUDSDK_CONFIG: "/gc" },
    });
    expect(await of(evil).get()).toBeUndefined();
  });

  it("the metadata server's usual address is asked on Google's machines only", async () => {
    const here = fakeSurroundings({ machine: "google", answer: granted });
    expect((await of(here).get())?.token).toBe("ya29.0");
    expect(here.requests[0]?.url).toMatch(/^http:\/\/metadata\.google\.internal\//);
    const elsewhere = fakeSurroundings({ machine: "amazon", answer: granted });
    expect(await of(elsewhere).get()).toBeUndefined();
    expect(elsewhere.requests).toEqual([]);
    const off = fakeSurroundings({ machine: "google", env: { NO_GCE_CHECK: "true" }, answer: granted });
    expect(await of(off).get()).toBeUndefined();
  });
});
