import { beforeEach, describe, expect, test } from "vitest";
import {
  CyclicRedirect,
  InfoError,
  InfoUnavailableError,
  ReadOnlyException,
  RedirectError,
  TooManyRedirects,
} from "../../base/errors.js";
import { PrecomputedMetadata } from "./metadata.js";
import { canonicalPath, checkRedirect } from "./redirect-policy.js";
import { sampleInfo, TestStorage } from "./testing.js";

let storage: TestStorage;

beforeEach(() => {
  storage = new TestStorage();
});

const path = (i: number) => `mem://bucket/redirects_${i}`;

function open(cloudpath: string, maxRedirects?: number): Promise<PrecomputedMetadata> {
  return PrecomputedMetadata.open(storage.open(cloudpath), {
    cloudpath,
    maxRedirects,
    openStore: storage.open,
  });
}

function put(i: number, redirect?: string): void {
  storage.put(`${path(i)}/info`, redirect === undefined ? sampleInfo() : sampleInfo({ redirect }));
}

function chain(length: number): void {
  for (let i = 0; i < length; i++) put(i, i + 1 < length ? path(i + 1) : undefined);
}

describe("test_cloudvolume.py::test_redirects", () => {
  test("a redirect to itself ends quietly, however it is spelled", async () => {
    for (const spelled of [
      path(0),
      `${path(0)}/`,
      `precomputed://${path(0)}`,
      `${path(0)}|neuroglancer-precomputed:`,
    ]) {
      put(0, spelled);
      const metadata = await open(path(0));
      expect(metadata.cloudpath).toBe(path(0));
      expect(metadata.readonly).toBe(false);
      await metadata.refreshInfo();
    }
  });

  test("ten infos in a chain lead to the last", async () => {
    chain(10);
    const metadata = await open(path(0));
    expect(metadata.cloudpath).toBe(path(9));
    expect(metadata.store.url("info")).toBe(`${path(9)}/info`);
    expect(metadata.redirectedFrom).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(path));
    expect(storage.closed).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(path));
  });

  test("eleven are too many", async () => {
    chain(11);
    await expect(open(path(0))).rejects.toThrow(TooManyRedirects);
    expect((await open(path(0), 11)).cloudpath).toBe(path(10));
    expect((await open(path(1))).cloudpath).toBe(path(10));
  });

  test("a cycle is told apart", async () => {
    chain(10);
    put(5, path(1));
    await expect(open(path(5))).rejects.toThrow(CyclicRedirect);
    await expect(open(path(0))).rejects.toThrow(CyclicRedirect);
    put(0, path(1));
    put(1, path(0));
    await expect(open(path(0))).rejects.toThrow(CyclicRedirect);
  });

  test("maxRedirects 0 opens the origin, writable", async () => {
    chain(3);
    for (const none of [0, -1]) {
      const metadata = await open(path(0), none);
      expect(metadata.cloudpath).toBe(path(0));
      expect(metadata.info.redirect).toBe(path(1));
      metadata.verifyWritable(0);
      await metadata.refreshInfo();
      expect(metadata.cloudpath).toBe(path(0));
    }
  });

  test("after a redirect writing is refused, unless allowed", async () => {
    chain(2);
    const metadata = await open(path(0));
    expect(metadata.readonly).toBe(true);
    expect(() => metadata.verifyWritable(0)).toThrow(ReadOnlyException);
    await expect(metadata.commitInfo()).rejects.toThrow(`a redirect from ${path(0)}`);
    await expect(metadata.commitProvenance()).rejects.toThrow(ReadOnlyException);
    metadata.readonly = false;
    await metadata.commitInfo();
    expect(storage.text(`${path(0)}/info`)).toContain("redirect");
  });

  test("a redirect that appears later is followed by refresh", async () => {
    put(0);
    put(1);
    storage.put(`${path(1)}/provenance`, '{"description":"there"}');
    const metadata = await open(path(0));
    put(0, path(1));
    await metadata.refreshInfo();
    expect([metadata.cloudpath, metadata.readonly]).toEqual([path(1), true]);
    expect((await metadata.refreshProvenance()).description).toBe("there");
  });

  test("provenance is that of the target", async () => {
    put(0, path(1));
    put(1);
    storage.put(`${path(0)}/provenance`, '{"description":"old"}');
    storage.put(`${path(1)}/provenance`, '{"description":"new"}');
    expect((await open(path(0))).provenance.description).toBe("new");
  });

  test("an info of nothing but a redirect is enough; the target is verified", async () => {
    storage.put(`${path(0)}/info`, { redirect: path(1) });
    put(1);
    expect((await open(path(0))).cloudpath).toBe(path(1));
    storage.put(`${path(1)}/info`, {});
    await expect(open(path(0))).rejects.toThrow(`"type" is not as specified (${path(1)}/info)`);
  });

  test.each([null, ""])("redirect %j is none", async (redirect) => {
    storage.put(`${path(0)}/info`, { ...sampleInfo(), redirect });
    expect((await open(path(0))).cloudpath).toBe(path(0));
  });

  test("a missing target, a wrong type, no way to open", async () => {
    put(0, path(1));
    await expect(open(path(0))).rejects.toThrow(InfoUnavailableError);
    await expect(open(path(0))).rejects.toThrow(`${path(1)}/info`);
    await expect(PrecomputedMetadata.open(storage.open(path(0)))).rejects.toThrow(RedirectError);
    storage.put(`${path(0)}/info`, { redirect: 3 });
    await expect(open(path(0))).rejects.toThrow(InfoError);
  });
});

describe("where a redirect may lead", () => {
  test.each([
    ["https://a.org/x", "https://b.org/x"],
    ["https://a.org/x", "gs://bucket/x"],
    ["gs://bucket/x", "s3://bucket/x"],
    ["http://a.org/x", "http://b.org/x"],
    ["http://a.org/x", "https://b.org/x"],
    ["s3://bucket/x", "matrix://bucket/x"],
    ["https://a.org/x", "middleauth+https://b.org/x"],
    ["file:///data/x", "file:///data/y"],
    ["/data/x", "mem://data/y"],
    ["file:///data/x", "http://localhost:8080/y"],
    ["http://localhost:1/x", "http://127.0.0.1:2/y"],
    ["http://10.0.0.1/x", "http://192.168.3.4/y"],
    ["precomputed://gs://bucket/x", "precomputed://https://b.org/x/"],
  ])("%s -> %s is followed", (from, to) => {
    expect(() => checkRedirect(from, to)).not.toThrow();
  });

  test.each([
    ["https://a.org/x", "http://a.org/x"],
    ["https://a.org/x", "HTTP://a.org/x"],
    ["gs://bucket/x", "http://a.org/x"],
    ["s3://bucket/x", "s3://http://a.org/bucket/x"],
    ["middleauth+https://a.org/x", "http://a.org/x"],
    ["https://a.org/x", "file:///etc/x"],
    ["https://a.org/x", "/etc/x"],
    ["https://a.org/x", "etc/x"],
    ["https://a.org/x", "~/x"],
    ["http://a.org/x", "FILE:///etc/x"],
    ["http://a.org/x", "precomputed://file:///etc/x"],
    ["http://a.org/x", "mem://bucket/x"],
    ["http://localhost/x", "file:///etc/x"],
    ["https://a.org/x", "https://localhost/x"],
    ["https://a.org/x", "https://db.localhost./x"],
    ["https://a.org/x", "https://127.0.0.1/x"],
    ["https://a.org/x", "https://2130706433/x"],
    ["https://a.org/x", "https://0x7f.1/x"],
    ["https://a.org/x", "https://017700000001/x"],
    ["https://a.org/x", "https://0.0.0.0/x"],
    ["https://a.org/x", "https://10.1.2.3/x"],
    ["https://a.org/x", "https://172.31.0.1/x"],
    ["https://a.org/x", "https://192.168.1.1/x"],
    ["https://a.org/x", "https://100.64.0.1/x"],
    ["https://a.org/x", "https://169.254.169.254/latest/meta-data"],
    ["http://a.org/x", "http://user:secret@169.254.169.254/x"],
    ["https://a.org/x", "https://[::1]/x"],
    ["https://a.org/x", "https://[::ffff:127.0.0.1]/x"],
    ["https://a.org/x", "https://[fd00::1]/x"],
    ["https://a.org/x", "https://[fe80::1]/x"],
    ["https://a.org/x", "middleauth+https://10.0.0.1/x"],
    ["gs://bucket/x", "s3://https://10.0.0.1/bucket/x"],
    ["https://a.org/x", "graphene://https://a.org/x"],
    ["file:///data/x", "zarr3://file:///data/y"],
  ])("%s -> %s is refused", (from, to) => {
    expect(() => checkRedirect(from, to)).toThrow(RedirectError);
  });

  test("a public address that looks private is none", () => {
    for (const host of [
      "172.32.0.1",
      "100.128.0.1",
      "11.0.0.1",
      "10.0.0.1.a.org",
      "localhost.a.org",
      "[2001:db8::1]",
    ]) {
      expect(() => checkRedirect("https://a.org/x", `https://${host}/x`)).not.toThrow();
    }
  });

  test("opening obeys, or not if told so", async () => {
    storage.put("https://a.org/x/info", sampleInfo({ redirect: "mem://bucket/y" }));
    storage.put("mem://bucket/y/info", sampleInfo());
    const store = storage.open("https://a.org/x");
    const options = { openStore: storage.open };
    await expect(PrecomputedMetadata.open(store, options)).rejects.toThrow(
      "less safe place (https://a.org/x)",
    );
    expect(storage.opened).toEqual(["https://a.org/x"]);
    const opened = await PrecomputedMetadata.open(store, { ...options, allowUnsafeRedirects: true });
    expect(opened.cloudpath).toBe("mem://bucket/y");
  });

  test("paths are compared without format, pipe and last slashes", () => {
    for (const same of [
      "gs://a/b",
      "gs://a/b//",
      " precomputed://gs://a/b/",
      "gs://a/b/|neuroglancer-precomputed:",
    ]) {
      expect(canonicalPath(same)).toBe("gs://a/b");
    }
    expect(canonicalPath("file:///")).toBe("file:///");
  });
});
