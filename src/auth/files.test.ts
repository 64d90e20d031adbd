import { describe, expect, it } from "vitest";
import { AuthenticationError } from "../base/errors.js";
import { databaseUser } from "./database.js";
import { chainOf, fakeSurroundings } from "./testing.js";

const KEYS = (id: string): object => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: "s3cr3t" });
const HOME = "/people/me/.cloudvolume/secrets";

/** The file that is taken, of those that are there. */
async function taken(
  path: string,
  files: readonly string[],
  secret: (path: string) => object,
  env = {},
): Promise<unknown> {
  const fake = fakeSurroundings({
    env,
    files: Object.fromEntries(files.map((file) => [file, secret(file)])),
  });
  return (await chainOf(path, fake).explain()).source;
}

type Row = readonly [path: string, winner: string | null, loser: string];

const aws: readonly Row[] = [
  ["s3://bucket/l", `${HOME}/bucket-aws-secret.json`, `${HOME}/aws-secret.json`],
  ["s3://bucket/l", `${HOME}/aws-secret.json`, `${HOME}/other-aws-secret.json`],
  ["s3://bucket/l", `${HOME}/aws-secret.json`, "/aws-secret.json"],
  ["s3://bucket/l", `${HOME}/aws-secret.json`, "/people/me/.cloudfiles/secrets/aws-secret.json"],
  ["s3://bucket/l", "/aws-secret.json", "/people/me/.cloudfiles/secrets/aws-secret.json"],
  [
    "s3://bucket/l",
    "/people/me/.cloudfiles/secrets/aws-secret.json",
    "/people/me/.neuroglancer/secrets/aws-secret.json",
  ],
  ["s3://bucket/l", "/people/me/.neuroglancer/secrets/aws-secret.json", "/secrets/aws-secret.json"],
  ["s3://bucket/l", "/secrets/aws-secret.json", "/people/me/aws-secret.json"],
  // A name in every folder comes before the next name.
  ["s3://bucket/l", "/secrets/bucket-aws-secret.json", `${HOME}/aws-secret.json`],
  ["s3://bucket/l", null, `${HOME}/google-secret.json`],
  ["s3://bucket/l", null, "/people/me/.cloudvolume/aws-secret.json"],
  [
    "s3://https://minio.lab.edu:9000/bucket/l",
    `${HOME}/bucket-aws-secret.json`,
    `${HOME}/minio.lab.edu-aws-secret.json`,
  ],
  [
    "s3://https://minio.lab.edu:9000/bucket/l",
    `${HOME}/minio.lab.edu:9000-aws-secret.json`,
    `${HOME}/minio.lab.edu-aws-secret.json`,
  ],
  [
    "s3://https://minio.lab.edu:9000/bucket/l",
    `${HOME}/minio.lab.edu-aws-secret.json`,
    `${HOME}/aws-secret.json`,
  ],
  ["matrix://bucket/l", `${HOME}/bucket-matrix-secret.json`, `${HOME}/matrix-secret.json`],
  ["matrix://bucket/l", `${HOME}/matrix-secret.json`, `${HOME}/aws-secret.json`],
  ["matrix://bucket/l", null, `${HOME}/aws-secret.json`],
  ["tigerdata://bucket/l", `${HOME}/tigerdata-secret.json`, `${HOME}/matrix-secret.json`],
  ["nokura://bucket/l", `${HOME}/nokura-secret.json`, `${HOME}/tigerdata-secret.json`],
  ["lab://bucket/l", `${HOME}/bucket-lab-secret.json`, `${HOME}/lab-secret.json`],
  ["lab://bucket/l", `${HOME}/lab-secret.json`, `${HOME}/aws-secret.json`],
];

const google: readonly Row[] = [
  ["gs://bucket/l", `${HOME}/bucket-google-secret.json`, `${HOME}/google-secret.json`],
  ["gs://bucket/l", `${HOME}/google-secret.json`, "/google-secret.json"],
  ["gs://bucket/l", "/people/me/.cloudfiles/secrets/google-secret.json", "/secrets/google-secret.json"],
];

const web: readonly Row[] = [
  ["middleauth+https://cave.lab.edu/l", `${HOME}/cave.lab.edu-cave-secret.json`, `${HOME}/cave-secret.json`],
  ["middleauth+https://cave.lab.edu/l", `${HOME}/cave-secret.json`, `${HOME}/chunkedgraph-secret.json`],
  ["middleauth+https://cave.lab.edu/l", `${HOME}/chunkedgraph-secret.json`, `${HOME}/http-secret.json`],
  ["graphene://https://cave.lab.edu/l/t", `${HOME}/cave-secret.json`, `${HOME}/http-secret.json`],
  ["boss://coll/exp/chan", `${HOME}/api.bossdb.io-boss-secret.json`, `${HOME}/boss-secret.json`],
  ["boss://coll/exp/chan", `${HOME}/boss-secret.json`, `${HOME}/http-secret.json`],
  [
    "boss://https://boss.lab.edu/coll/exp/chan",
    `${HOME}/boss.lab.edu-boss-secret.json`,
    `${HOME}/boss-secret.json`,
  ],
  ["https://data.lab.edu/l", `${HOME}/data.lab.edu-http-secret.json`, `${HOME}/http-secret.json`],
  ["https://data.lab.edu/l", `${HOME}/http-secret.json`, `${HOME}/cave-secret.json`],
  ["http://data.lab.edu:8080/l", `${HOME}/data.lab.edu-http-secret.json`, `${HOME}/http-secret.json`],
];

describe("the file that is taken", () => {
  it.each(aws)("%s: %s, not %s", async (path, winner, loser) => {
    expect(await taken(path, winner === null ? [loser] : [loser, winner], KEYS)).toBe(winner);
  });
  it.each([...google, ...web])("%s: %s, not %s", async (path, winner, loser) => {
    expect(await taken(path, [loser, winner ?? ""], () => ({ token: "t" }))).toBe(winner);
  });

  it("is looked for in CLOUD_VOLUME_DIR and CLOUD_FILES_DIR instead of the home folder", async () => {
    const env = { CLOUD_VOLUME_DIR: "/cv", CLOUD_FILES_DIR: "/cf" };
    const of = (...files: string[]): Promise<unknown> => taken("s3://bucket/l", files, KEYS, env);
    expect(await of("/cv/secrets/aws-secret.json", "/cf/secrets/aws-secret.json")).toBe(
      "/cv/secrets/aws-secret.json",
    );
    expect(await of("/cf/secrets/aws-secret.json")).toBe("/cf/secrets/aws-secret.json");
    expect(await of(`${HOME}/aws-secret.json`, "/people/me/.cloudfiles/secrets/aws-secret.json")).toBe(null);
  });

  it("needs no file for local data", async () => {
    expect(() => chainOf("file:///data/l", fakeSurroundings())).toThrow("needs no credentials");
    expect(() => chainOf("mem://data/l", fakeSurroundings())).toThrow("needs no credentials");
  });

  it.each(["mysql", "psql"] as const)("%s: by host, then for all", async (service) => {
    const files = {
      [`${HOME}/db.lab.edu-${service}-secret.json`]: { username: "u", password: "p" },
      [`${HOME}/${service}-secret.json`]: { username: "v", password: "q" },
    };
    const fake = fakeSurroundings({ files });
    expect(await databaseUser(fake, service, "db.lab.edu")).toMatchObject({ credential: { username: "u" } });
    expect(await databaseUser(fake, service, "other")).toMatchObject({ credential: { username: "v" } });
    expect(await databaseUser(fakeSurroundings(), service, "x")).toMatchObject({
      absent: expect.stringContaining(service),
    });
  });
});

describe("what is found", () => {
  it.each([
    ["https://h/l", { user: "me", password: "pä" }, "Basic bWU6cMOk"],
    ["https://h/l", { username: "me", password: "p" }, "Basic bWU6cA=="],
    ["https://h/l", { token: "t0" }, "Bearer t0"],
    ["middleauth+https://h/l", { token: "t1" }, "Bearer t1"],
    ["boss://a/b/c", { token: "t2" }, "Token t2"],
  ])("%s with %j", async (path, secrets, authorization) => {
    const fake = fakeSurroundings();
    expect(await chainOf(path, fake, { secrets }).get()).toMatchObject({ authorization });
    expect(await chainOf(path, fake, { secrets: JSON.stringify(secrets) }).get()).toMatchObject({
      authorization,
    });
  });

  it("a bare token", async () => {
    const fake = fakeSurroundings();
    expect(await chainOf("middleauth+https://h/l", fake, { secrets: " abc\n" }).get()).toMatchObject({
      authorization: "Bearer abc",
    });
    expect(await chainOf("gs://b/l", fake, { secrets: "ya29.x" }).get()).toMatchObject({ token: "ya29.x" });
    await expect(chainOf("s3://b/l", fake, { secrets: "abc" }).get()).rejects.toThrow(/AWS_ACCESS_KEY_ID/);
  });

  it.each([
    {
      AWS_ACCESS_KEY_ID: "A",
      AWS_SECRET_ACCESS_KEY: "S",
      AWS_SESSION_TOKEN: "T",
      AWS_DEFAULT_REGION: "eu-west-1",
    },
    { accessKeyId: "A", secretAccessKey: "S", sessionToken: "T", region: "eu-west-1" },
    { aws_access_key_id: "A", aws_secret_access_key: "S", aws_session_token: "T", region: "eu-west-1" },
  ])("keys as %j", async (secrets) => {
    const keys = { accessKeyId: "A", secretAccessKey: "S", sessionToken: "T", region: "eu-west-1" };
    expect(await chainOf("s3://b/l", fakeSurroundings(), { secrets }).get()).toEqual(keys);
  });

  it("warns of a file that everyone may read", async () => {
    const path = `${HOME}/aws-secret.json`;
    const fake = fakeSurroundings({ files: { [path]: KEYS("A") }, isPublic: [path] });
    await chainOf("s3://b/l", fake).get();
    expect(fake.warnings).toEqual([`Everyone on this computer may read ${path}: chmod 600 ${path}`]);
  });
});

describe("a place that someone else chose", () => {
  const files = {
    [`${HOME}/http-secret.json`]: { user: "u", password: "p" },
    [`${HOME}/cave-secret.json`]: { token: "t" },
    [`${HOME}/aws-secret.json`]: KEYS("A"),
    [`${HOME}/known.edu-http-secret.json`]: { user: "u", password: "p" },
    [`${HOME}/known.edu-cave-secret.json`]: { token: "t" },
  };
  const env = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };
  it.each([
    ["https://evil.com/l", false],
    ["middleauth+https://evil.com/l", false],
    ["s3://https://evil.com/bucket/l", false],
    ["https://known.edu/l", true],
    ["middleauth+https://known.edu/l", true],
    ["s3://bucket/l", true],
  ])("%s gets credentials: %j", async (path, gets) => {
    const fake = fakeSurroundings({ files, env });
    const own = await chainOf(path, fake).get();
    expect(own).toBeDefined();
    expect((await chainOf(path, fake, { isForeign: true }).get()) !== undefined).toBe(gets);
  });
});

describe("secrets of a wrong form", () => {
  const CANARY = "c4n4ry-s3cr3t";
  it.each([
    ["s3://b/l", `{"AWS_ACCESS_KEY_ID": "${CANARY}", `],
    ["s3://b/l", `["${CANARY}"]`],
    ["s3://b/l", `{"AWS_ACCESS_KEY_ID": "${CANARY}"}`],
    ["s3://b/l", `{"AWS_SECRET_ACCESS_KEY": "${CANARY}", "AWS_ACCESS_KEY_ID": 7}`],
    ["gs://b/l", `{"type": "service_account", "private_key": "${CANARY}"}`],
    ["gs://b/l", `{"type": "service_account", "client_email": "e", "private_key": "${CANARY}"}`],
    ["gs://b/l", `{"type": "${CANARY}"}`],
    ["gs://b/l", `{"type": "authorized_user", "client_secret": "${CANARY}"}`],
    ["https://h/l", `{"password": "${CANARY}"}`],
    ["middleauth+https://h/l", `{"token": "${CANARY}\\r\\nx: y"}`],
    ["boss://a/b/c", `{"tok": "${CANARY}"}`],
    ["https://h/l", `"${CANARY}`],
  ])("%s with %s", async (path, text) => {
    const file = { s3: "aws", gs: "google", https: "http", "middleauth+https": "cave", boss: "boss" }[
      path.split(":")[0]!
    ];
    for (const [fake, options] of [
      [fakeSurroundings(), { secrets: text }],
      [fakeSurroundings({ files: { [`${HOME}/${file}-secret.json`]: text } }), {}],
    ] as const) {
      const error = await chainOf(path, fake, options)
        .get()
        .catch((e: unknown) => e);
      expect(error).toBeInstanceOf(AuthenticationError);
      const { message, stack, cause } = error as AuthenticationError;
      const explained = await chainOf(path, fake, options).explain();
      expect(explained).toMatchObject({ source: null, kind: "unusable", problem: message });
      expect(JSON.stringify([message, stack, cause, explained])).not.toContain(CANARY);
    }
  });
});
