import { describe, expect, test } from "vitest";
import { ArgumentError, UnsupportedFormatError, UnsupportedProtocolError } from "../base/errors.js";
import { parsePath } from "./url.js";

const PLACES = { cwd: "/data/here", home: "/people/me" };

describe("what CloudVolume gets wrong", () => {
  test("an S3 server by its address", () => {
    expect(parsePath("s3://https://host:9000/bucket/d/l/")).toEqual({
      format: "precomputed",
      protocol: "s3",
      transport: "s3",
      host: "https://host:9000",
      bucket: "bucket",
      basepath: "bucket/d",
      noBucketBasepath: "d",
      dataset: "d",
      layer: "l",
      path: "d/l",
      location: "s3://https://host:9000/bucket/d/l",
    });
    expect(parsePath("zarr://s3://http://localhost/bucket")).toMatchObject({
      host: "http://localhost",
      path: "",
    });
    for (const bad of [
      "s3://https://",
      "s3://https://host",
      "s3://https://ho st/b/l",
      "gs://https://host/b/l",
    ])
      expect(() => parsePath(bad), bad).toThrow(UnsupportedProtocolError);
  });

  test("a BOSS channel", () => {
    const boss = {
      format: "boss",
      protocol: "boss",
      transport: "https",
      bucket: "coll",
      dataset: "exp",
      layer: "chan",
    };
    expect(parsePath("boss://coll/exp/chan")).toMatchObject({
      ...boss,
      host: undefined,
      basepath: "coll/exp",
    });
    expect(parsePath("boss://https://api.b:8/coll/exp/chan/")).toMatchObject({
      ...boss,
      host: "https://api.b:8",
    });
    for (const bad of [
      "boss://a/b",
      "boss://a/b/c/d",
      "boss://gs://a/b/c",
      "boss://a//c",
      "boss://https://u@h/a/b/c",
    ])
      expect(() => parsePath(bad), bad).toThrow(UnsupportedProtocolError);
  });

  test.each([
    "s4://a/b",
    "GS://a/b",
    "gs:/a/b",
    "file:/a/b",
    "precomputed:gs/b",
    " gs://a/b",
    "4s://a/b",
    "a/b://c",
    "gs://gs://",
    "gs://gs://a/b",
    "gs://graphene://a/b",
    "file://gs://a/b",
    "precomputed://precomputed://gs://a/b",
    "zarr://s4://a/b",
    "ngauth+https://h/a/b",
    "constructor://a/b",
    "__proto__://a/b",
    "gs://",
    "gs:///",
    "gs:///b/l",
    "gs://b//l",
    "gs://b/d/l//",
    "https://host/a//b",
    "/",
    "file:///",
    "file://",
    "precomputed://",
    "C:\\",
    "gs://bucket with space/d",
    "gs://b\\d\\l",
    "gs://../b",
    "gs://b/../c/l",
    "gs://b/x/../../l",
    "https://host/%2e%2E/l",
    "https://host\\@evil/l",
    "https://ho\nst/l",
    "https://../l",
    "https://h%2f/l",
    "https://host:99999/l",
    "https://user:pw@host/a/b",
    "https:///a/b",
  ])("%j is refused", (path) => {
    expect(() => parsePath(path, PLACES)).toThrow(UnsupportedProtocolError);
  });

  test("formats that nobody reads are named so", () => {
    for (const path of [
      "dvid://http://a/b",
      "gs://b/d/l|zip:|zarr3:",
      "gs://b/d/l|zip:",
      "gs://b/d/l|Zarr2:",
    ])
      expect(() => parsePath(path), path).toThrow(UnsupportedFormatError);
    for (const path of ["precomputed://gs://b/d/l|zarr2:", "gs://b/d/l|zarr3:inner/", "gs://b|n5:|zarr:"])
      expect(() => parsePath(path), path).toThrow(UnsupportedFormatError);
    expect(parsePath("zarr2://gs://b/d/l|zarr2:").format).toBe("zarr2");
  });

  test("text that is no path", () => {
    for (const bad of [
      "",
      "   ",
      "gs://b/\0/l",
      "/tmp/\0",
      "gs://b/\ud800",
      5,
      null,
      undefined,
      ["gs://b/l"],
    ])
      expect(() => parsePath(bad as string, PLACES)).toThrow(ArgumentError);
  });

  test("home and working directory are asked for, not guessed", () => {
    expect(() => parsePath("~bob/x", PLACES)).toThrow(ArgumentError);
    expect(() => parsePath("x", { cwd: "not/absolute" })).toThrow(ArgumentError);
    expect(parsePath("./~bob/x", PLACES).path).toBe("/data/here/~bob/x");
    expect(parsePath("x").path).toBe(`${process.cwd()}/x`);
    expect(parsePath("~/x").path).toBe(`${process.env.HOME}/x`);
  });

  test("dots inside the bucket, hosts with brackets, names with spaces", () => {
    expect(parsePath("gs://b/x/.././d/l").path).toBe("d/l");
    expect(parsePath("https://[::1]:80/a/b").bucket).toBe("[::1]:80");
    expect(parsePath("https://host/a b/c d").path).toBe("a b/c d");
    expect(parsePath("https://host/a/b/?u=http://x/y")).toMatchObject({
      dataset: "a",
      layer: "b?u=http://x/y",
    });
    expect(parsePath("/my data/x/y").bucket).toBe("/my data");
  });

  test("errors show no signature and no password", () => {
    const say = (path: string): string => {
      try {
        return parsePath(path).location;
      } catch (error) {
        return String(error);
      }
    };
    expect(say("https://me:secret@host/a?X-Sig=hidden")).toMatch(/UnsupportedProtocolError/);
    for (const path of [
      "https://me:secret@host/a?X-Sig=hidden",
      "htps://host/a?X-Sig=hidden",
      "s3://https://me:secret@h/b/l",
    ])
      expect(say(path)).not.toMatch(/secret|hidden/);
  });
});
