import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type TestServer } from "../../test/servers/static.js";
import { AuthenticationError, StorageError } from "../base/errors.js";
import { signedHeaders } from "./aws-signature.js";
import { parseIni } from "./ini.js";
import { nodeSurroundings } from "./surroundings.node.js";
import { awsChain, type FakeOptions, fakeSurroundings } from "./testing.js";

const AWS = "/people/me/.aws";
const KEY = "aws_access_key_id = AKID\naws_secret_access_key = SECRET\n";
const STS = (id: string): string =>
  `<R><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>S</SecretAccessKey>` +
  "<SessionToken>T==</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></R>";
const ROLE = { AccessKeyId: "ROLE", SecretAccessKey: "S", Token: "T", Expiration: "2026-01-01T01:00:00Z" };

/** The key that is taken, or why none is. */
async function key(options: FakeOptions): Promise<string | undefined> {
  return (await awsChain(fakeSurroundings(options)).get())?.accessKeyId;
}

describe("variables", () => {
  it("make keys, with or without a session token", async () => {
    const env = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "S" };
    expect(await awsChain(fakeSurroundings({ env })).get()).toEqual({
      accessKeyId: "A",
      secretAccessKey: "S",
    });
    const more = { ...env, AWS_SESSION_TOKEN: "T", AWS_DEFAULT_REGION: "eu-central-1" };
    expect(await awsChain(fakeSurroundings({ env: more })).get()).toEqual({
      accessKeyId: "A",
      secretAccessKey: "S",
      sessionToken: "T",
      region: "eu-central-1",
    });
  });
  it.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("%s alone is an error", async (name) => {
    await expect(key({ env: { [name]: "x" } })).rejects.toThrow(/one of them/);
  });
});

describe("shared files", () => {
  it("the default profile, of credentials and of config", async () => {
    expect(await key({ files: { [`${AWS}/credentials`]: `[default]\n${KEY}` } })).toBe("AKID");
    expect(await key({ files: { [`${AWS}/config`]: `[default]\n${KEY}region=x\n` } })).toBe("AKID");
    expect(await key({ files: { [`${AWS}/config`]: `[profile default]\n${KEY}` } })).toBe("AKID");
    expect(await key({ files: { [`${AWS}/config`]: `[other]\n${KEY}` } })).toBeUndefined();
  });
  it("a named profile, elsewhere", async () => {
    const env = { AWS_PROFILE: "lab", AWS_SHARED_CREDENTIALS_FILE: "/c", AWS_CONFIG_FILE: "/d" };
    const files = {
      "/c": `[default]\nx=y\n[lab]\n${KEY}`,
      "/d": "[profile lab]\nregion = eu-west-3 # here\n",
    };
    expect(await awsChain(fakeSurroundings({ env, files })).get()).toMatchObject({
      accessKeyId: "AKID",
      region: "eu-west-3",
    });
    await expect(key({ env: { AWS_PROFILE: "nobody" }, files })).rejects.toThrow(/no such AWS profile/);
  });
  it("credentials count before config", async () => {
    const files = {
      [`${AWS}/credentials`]: `[default]\n${KEY}`,
      [`${AWS}/config`]: `[default]\n${KEY.replace("AKID", "OLD")}`,
    };
    expect(await key({ files })).toBe("AKID");
  });
  it("half a key is an error that tells none of it", async () => {
    const files = { [`${AWS}/credentials`]: "[default]\naws_secret_access_key = c4n4ry\n" };
    const error: unknown = await key({ files }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(JSON.stringify([(error as Error).message, (error as Error).stack])).not.toContain("c4n4ry");
  });
  it("single sign-on is named", async () => {
    await expect(key({ files: { [`${AWS}/config`]: "[default]\nsso_session = s\n" } })).rejects.toThrow(
      /export-credentials/,
    );
  });
  it("comments, nested settings, spaces, quotes", () => {
    const text = '# c\n[a]\nx = 1\n ; no\ns3 =\n  x = 9\n[profile  "b c"]\r\nY=2 # c\nz = a=b\n[a]\nx = 3\n';
    expect([...parseIni(text)].map(([name, s]) => [name, Object.fromEntries(s)])).toEqual([
      ["a", { x: "3", s3: "" }],
      ["profile b c", { y: "2", z: "a=b" }],
    ]);
  });
});

describe("a program that prints keys", () => {
  const files = { [`${AWS}/config`]: `[default]\ncredential_process = "/opt/my tools/get" --for 'a b' c\n` };
  it("is run without a shell", async () => {
    const run = (): string =>
      JSON.stringify({
        Version: 1,
        AccessKeyId: "P",
        SecretAccessKey: "S",
        Expiration: "2026-01-01T00:30:00Z",
      });
    const fake = fakeSurroundings({ files, run });
    const chain = awsChain(fake);
    expect((await chain.get())?.accessKeyId).toBe("P");
    expect(fake.ran).toEqual([["/opt/my tools/get", "--for", "a b", "c"]]);
    fake.time += 29.5 * 60_000;
    await chain.get();
    expect(fake.ran.length).toBe(2);
  });
  it("that fails is told without what it printed", async () => {
    const run = (): string => {
      throw new Error("c4n4ry");
    };
    const error: unknown = await key({ files, run }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(`${(error as Error).stack}${(error as Error).cause}`).not.toContain("c4n4ry");
    await expect(key({ files, run: () => "c4n4ry" })).rejects.toThrow(/no JSON/);
  });
});

describe("roles", () => {
  const config = (text: string): Record<string, string> => ({
    [`${AWS}/config`]: text,
    [`${AWS}/credentials`]: `[base]\n${KEY}`,
  });
  const answer = (): string => STS("TEMP");

  it("are assumed with another profile's keys", async () => {
    const files = config(
      "[default]\nrole_arn = arn:r\nsource_profile = base\nexternal_id = e\nregion = eu-west-1\n",
    );
    const fake = fakeSurroundings({ files, answer });
    const chain = awsChain(fake);
    expect(await chain.get()).toEqual({
      accessKeyId: "TEMP",
      secretAccessKey: "S",
      sessionToken: "T==",
      region: "eu-west-1",
    });
    const [request] = fake.requests;
    expect(request?.url).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toMatchObject({
      Action: "AssumeRole",
      RoleArn: "arn:r",
      ExternalId: "e",
    });
    expect(request?.headers?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20260101\/eu-west-1\/sts\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    fake.time += 59.5 * 60_000;
    await chain.get();
    expect(fake.requests.length).toBe(2);
  });
  it("by a chain of profiles, the environment, or themselves", async () => {
    const two = config(
      "[default]\nrole_arn = r2\nsource_profile = mid\n[profile mid]\nrole_arn = r1\nsource_profile = base\n",
    );
    const fake = fakeSurroundings({ files: two, answer });
    expect((await awsChain(fake).get())?.accessKeyId).toBe("TEMP");
    expect(fake.requests.map((r) => new URLSearchParams(r.body).get("RoleArn"))).toEqual(["r1", "r2"]);
    expect(fake.requests[1]?.headers?.["x-amz-security-token"]).toBe("T==");
    expect(
      await key({ files: config(`[default]\nrole_arn = r\nsource_profile = default\n${KEY}`), answer }),
    ).toBe("TEMP");
    const circle = config(
      "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = default\n",
    );
    await expect(key({ files: circle, answer })).rejects.toThrow(/circle/);
    await expect(key({ files: config("[default]\nrole_arn = r\n"), answer })).rejects.toThrow(
      /neither source_profile/,
    );
  });
  it("by a web identity token", async () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn:w", AWS_REGION: "us-west-2" };
    const fake = fakeSurroundings({ env, files: { "/t": "jwt\n" }, answer });
    expect((await awsChain(fake).get())?.accessKeyId).toBe("TEMP");
    expect(fake.requests[0]?.url).toBe("https://sts.us-west-2.amazonaws.com/");
    expect(Object.fromEntries(new URLSearchParams(fake.requests[0]?.body))).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      WebIdentityToken: "jwt",
    });
    await expect(key({ env, answer })).rejects.toThrow(/no web identity token/);
    const files = config("[default]\nrole_arn = r\nweb_identity_token_file = /t\n");
    expect(await key({ files: { ...files, "/t": "jwt" }, answer })).toBe("TEMP");
  });
  it("that are refused are told by the error's code", async () => {
    const refused = (): object => ({
      status: 403,
      text: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>c4n4ry</Message></Error></ErrorResponse>",
    });
    const files = config("[default]\nrole_arn = r\nsource_profile = base\n");
    const error: unknown = await key({ files, answer: refused }).catch((e: unknown) => e);
    expect((error as Error).message).toMatch(/HTTP 403 AccessDenied/);
    expect((error as Error).message).not.toContain("c4n4ry");
  });
  it("of a container at an address that may not be asked are refused", async () => {
    for (const url of [
      "http://example.org/x",
      "ftp://127.0.0.1/",
      "http://10.0.0.1/",
      "http://169.254.169.254/",
      "http://u@127.0.0.1/",
      "x",
    ]) {
      const fake = fakeSurroundings({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, answer: () => ROLE });
      await expect(awsChain(fake).get(), url).rejects.toThrow(AuthenticationError);
      expect(fake.requests).toEqual([]);
    }
    for (const url of [
      "http://127.0.0.1:1/x",
      "http://localhost/x",
      "http://[::1]/x",
      "https://example.org/x",
      "http://169.254.170.23/v1",
    ])
      expect(await key({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, answer: () => ROLE }), url).toBe(
        "ROLE",
      );
  });
  it("of a machine are asked for on Amazon's machines only, unless told where", async () => {
    const fake = fakeSurroundings({ answer: () => ROLE });
    expect(await awsChain(fake).get()).toBeUndefined();
    expect(fake.requests).toEqual([]);
    expect(
      await key({ machine: "amazon", env: { AWS_EC2_METADATA_DISABLED: "true" }, answer: () => ROLE }),
    ).toBeUndefined();
  });
});

describe("on loopback", () => {
  let server: Omit<TestServer, "requests">;
  const seen: string[] = [];
  beforeAll(async () => {
    server = await listen(
      createServer((request, response) => {
        const { method, url, headers } = request;
        seen.push(`${method} ${url}`);
        const roles = "/latest/meta-data/iam/security-credentials/";
        if (
          method === "PUT" &&
          url === "/latest/api/token" &&
          headers["x-aws-ec2-metadata-token-ttl-seconds"]
        )
          response.end("session");
        else if (url?.startsWith(roles) && headers["x-aws-ec2-metadata-token"] !== "session")
          response.writeHead(401).end();
        else if (url === roles) response.end("lab-role\n");
        else if (url === `${roles}lab-role` || (url === "/container" && headers.authorization === "own"))
          response.end(JSON.stringify(ROLE));
        else response.writeHead(404).end();
      }),
    );
  });
  afterAll(() => server.close());
  const here = (env: Record<string, string>): ReturnType<typeof awsChain> =>
    awsChain({ ...nodeSurroundings(), env, home: "/nowhere", now: () => Date.parse("2026-01-01T00:00:00Z") });

  it("a machine's role: a session token first", async () => {
    expect((await here({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `${server.url}/` }).get())?.accessKeyId).toBe(
      "ROLE",
    );
    expect(seen.splice(0)).toEqual([
      "PUT /latest/api/token",
      "GET /latest/meta-data/iam/security-credentials/",
      "GET /latest/meta-data/iam/security-credentials/lab-role",
    ]);
  });
  it("a container's role", async () => {
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/container`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "own",
    };
    const chain = here(env);
    expect((await chain.explain()).kind).toBe("role");
    expect((await chain.get())?.sessionToken).toBe("T");
    await expect(here({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: "other" }).get()).rejects.toThrow(
      /HTTP 404/,
    );
  });
  it("nobody there", async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/container" };
    await expect(here(env).get()).rejects.toThrow(StorageError);
  });
});

it("signs as AWS's documentation says", async () => {
  // The example of "Signature Version 4 signing process", of IAM's ListUsers as a POST.
  const signed = await signedHeaders({
    method: "POST",
    url: "https://iam.amazonaws.com/",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: "Action=ListUsers&Version=2010-05-08",
    keys: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    region: "us-east-1",
    service: "iam",
    at: Date.parse("2011-09-09T23:36:00Z"),
  });
  expect(signed["x-amz-date"]).toBe("20110909T233600Z");
  // Published with the documentation's test suite of 2011.
  expect(signed.authorization).toMatch(
    /SignedHeaders=content-type;host;x-amz-date, Signature=ced6826de92d2bdeed8f846f0bf508e8559e98e4b0199114b84c54174deb456c$/,
  );
});
