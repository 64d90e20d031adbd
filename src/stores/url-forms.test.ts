import { describe, expect, test } from "vitest";
import { ArgumentError, UnsupportedProtocolError } from "../base/errors.js";
import { formatPath, parentPath, parsePath, toHttpsPath } from "./url.js";

const PLACES = { cwd: "/data/here", home: "/people/me" };

describe("aliases", () => {
  const aliases = {
    lab: "s3://https://s3.lab.edu",
    box: { host: "gs://bucket/prefix/" },
    web: "https://h.org/data",
  };

  test("stand for their address", () => {
    expect(parsePath("matrix://b/d/l")).toMatchObject({
      protocol: "matrix",
      transport: "s3",
      host: "https://s3-hpcrc.rc.princeton.edu",
      location: "matrix://b/d/l",
    });
    const at = (path: string): unknown => parsePath(path, { aliases });
    expect(at("lab://b/d/l/")).toMatchObject({ host: "https://s3.lab.edu", bucket: "b", path: "d/l" });
    expect(at("zarr3://box://d/l")).toMatchObject({
      format: "zarr3",
      transport: "gs",
      bucket: "bucket",
      path: "prefix/d/l",
    });
    expect(at("box://")).toMatchObject({ bucket: "bucket", layer: "prefix" });
    expect(at("web://l")).toMatchObject({ transport: "https", bucket: "h.org", path: "data/l" });
    expect(parsePath("matrix://b/l", { aliases: { matrix: "s3://http://localhost:9000/" } }).host).toBe(
      "http://localhost:9000",
    );
  });

  test("are left by no path, and take no word that has a meaning", () => {
    for (const path of [
      "box://../other/l",
      "lab://../b/l",
      "lab://gs://b/l",
      "matrix:///b",
      "lab://",
      "nolab://b/l",
    ])
      expect(() => parsePath(path, { aliases }), path).toThrow(UnsupportedProtocolError);
    for (const bad of [{ gs: "s3://https://h/" }, { zarr: "gs://b/" }, { "a b": "gs://b/" }])
      expect(() => parsePath("gs://b/l", { aliases: bad })).toThrow(ArgumentError);
    for (const host of ["file:///tmp", "matrix://b", "", 5, null, {}])
      expect(() => parsePath("lab://b/l", { aliases: { lab: host as string } })).toThrow(ArgumentError);
  });
});

describe("other forms of a path", () => {
  test("toHttpsPath, as cloudfiles.paths.to_https_protocol", () => {
    expect(toHttpsPath("gs://b/d/l")).toBe("https://storage.googleapis.com/b/d/l");
    expect(toHttpsPath("s3://b/d/l")).toBe("https://s3.amazonaws.com/b/d/l");
    expect(toHttpsPath("matrix://b/d/l")).toBe("https://s3-hpcrc.rc.princeton.edu/b/d/l");
    expect(toHttpsPath("nokura://b/l")).toBe("https://c10s.pni.princeton.edu/b/l");
    expect(toHttpsPath("s3://https://h/b/l")).toBe("https://h/b/l");
    expect(toHttpsPath("s3://http://h:9000/b/l")).toBe("http://h:9000/b/l");
    expect(toHttpsPath("zarr2://gs://a/b")).toBe("zarr2://https://storage.googleapis.com/a/b");
    expect(toHttpsPath("gs://a/b|n5:")).toBe("n5://https://storage.googleapis.com/a/b");
    for (const same of [
      "https://x/y/z",
      "file:///a/b",
      "mem://a/b",
      "boss://a/b/c",
      "middleauth+https://h/a",
    ])
      expect(toHttpsPath(same)).toBe(same);
    expect(toHttpsPath("web://l", { aliases: { web: "https://h.org/data" } })).toBe("https://h.org/data/l");
    expect(toHttpsPath(parsePath("gs://b/d/l"))).toEqual(parsePath("https://storage.googleapis.com/b/d/l"));
    const local = parsePath("file:///a/b");
    expect(toHttpsPath(local)).toBe(local);
  });

  test("names that mean something in a URL are escaped once", () => {
    expect(toHttpsPath("gs://b/50%/what?/#1")).toBe("https://storage.googleapis.com/b/50%25/what%3F/%231");
    expect(toHttpsPath("https://h/a%20b?x=%25")).toBe("https://h/a%20b?x=%25");
  });

  test("formatPath and parentPath", () => {
    const format = (path: string): string => formatPath(parsePath(path, PLACES));
    expect(format("precomputed://gs://b/d/l/")).toBe("gs://b/d/l");
    expect(format("gs://b/d/l|zarr2:")).toBe("zarr2://gs://b/d/l");
    expect(format("x")).toBe("file:///data/here/x");
    expect(format("boss://a/b/c")).toBe("boss://a/b/c");
    expect(format("graphene://middleauth+https://h/a/b")).toBe("graphene://middleauth+https://h/a/b");
    expect(parentPath("gs://b/d/l/")).toBe("gs://b/d");
    expect(parentPath("zarr2://gs://b/l")).toBe("zarr2://gs://b");
    expect(parentPath("gs://b")).toBe("gs://b");
    expect(parentPath("file:///tmp/x")).toBe("file:///tmp");
    expect(parentPath("matrix://b/d/x/..")).toBe("matrix://b");
    expect(parentPath("https://h/a/b?x=1")).toBe("https://h/a");
    expect(parentPath("file://C:\\a\\b")).toBe("file://C:\\a");
  });
});
