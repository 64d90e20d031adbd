import { describe, expect, test } from "vitest";
import { UnsupportedProtocolError } from "../base/errors.js";
import { parsePath } from "./url.js";

const PLACES = { cwd: "/data/here", home: "/people/me" };

/** CloudVolume's ExtractedPath: format, protocol, bucket, basepath, no_bucket_basepath, dataset, layer. */
function extracted(path: string): string[] {
  const p = parsePath(path, PLACES);
  return [p.format, p.protocol, p.bucket, p.basepath, p.noBucketBasepath, p.dataset, p.layer];
}

/** What `cloudvolume.paths.extract` gave for these in a directory /data/here. */
const TABLE: readonly (readonly [path: string, parts: string])[] = [
  ["gs://bucket/dataset/layer", "precomputed gs bucket bucket/dataset dataset dataset layer"],
  ["gs://bucket/dataset/layer/", "precomputed gs bucket bucket/dataset dataset dataset layer"],
  ["gs://bucket/layer", "precomputed gs bucket bucket  bucket layer"],
  ["gs://bucket", "precomputed gs bucket   bucket bucket"],
  ["gs://bucket/", "precomputed gs bucket   bucket bucket"],
  ["s3://dataset", "precomputed s3 dataset   dataset dataset"],
  ["dataset/layer", "precomputed file /data /data/here/dataset here/dataset dataset layer"],
  ["x", "precomputed file /data /data/here here here x"],
  ["/abs/x/y", "precomputed file /abs /abs/x x x y"],
  ["/a/y", "precomputed file /a /a  a y"],
  ["/x", "precomputed file /x   /x x"],
  ["~/x", "precomputed file /people /people/me me me x"],
  ["~", "precomputed file /people /people  people me"],
  ["./x", "precomputed file /data /data/here here here x"],
  ["../x", "precomputed file /data /data  data x"],
  ["file://x/y", "precomputed file /data /data/here/x here/x x y"],
  ["file:///tmp/a/b", "precomputed file /tmp /tmp/a a a b"],
  ["file:///a/../b//./c", "precomputed file /b /b  b c"],
  ["precomputed://gs://b/seg", "precomputed gs b b  b seg"],
  ["precomputed://b/seg", "precomputed file /data /data/here/b here/b b seg"],
  ["precomputed:///b/seg", "precomputed file /b /b  b seg"],
  ["zarr://a/b", "zarr file /data /data/here/a here/a a b"],
  ["zarr2://gs://b/d/l", "zarr2 gs b b/d d d l"],
  ["gs://b/d/l|zarr2:", "zarr2 gs b b/d d d l"],
  ["gs://b/d/l|zarr3:", "zarr3 gs b b/d d d l"],
  ["gs://b/d/l|n5:", "n5 gs b b/d d d l"],
  ["gs://b/d/l/|neuroglancer-precomputed:", "precomputed gs b b/d d d l"],
  ["mem://b/l", "precomputed mem b b  b l"],
  ["http://host", "precomputed http host   host host"],
  ["https://host:80/a/b?x=1", "precomputed https host:80 host:80/a a a b?x=1"],
  ["https://host/?x=1", "precomputed https host host  host ?x=1"],
  ["http://h/a/b#frag", "precomputed http h h/a a a b#frag"],
  ["middleauth+https://h.org/a/b", "precomputed middleauth+https h.org h.org/a a a b"],
  ["matrix://b/d/l", "precomputed matrix b b/d d d l"],
  ["tigerdata://b/l", "precomputed tigerdata b b  b l"],
  ["nokura://b/d/l", "precomputed nokura b b/d d d l"],
  ["gs://b/d/%20l", "precomputed gs b b/d d d %20l"],
  ["gs://B_1-x.y/d/l", "precomputed gs B_1-x.y B_1-x.y/d d d l"],
  ["s3://b/d/l?versionId=3", "precomputed s3 b b/d d d l?versionId=3"],
  ["gs://b/d/l|", "precomputed gs b b/d d d l|"],
  ["gs://b/d|x/l", "precomputed gs b b/d|x d|x d|x l"],
];

describe("CloudVolume's assertions", () => {
  test("test_paths.py::test_path_extraction", () => {
    for (const end of ["", "/"])
      expect(extracted(`gs://bucket/dataset/layer${end}`)).toEqual([
        "precomputed",
        "gs",
        "bucket",
        "bucket/dataset",
        "dataset",
        "dataset",
        "layer",
      ]);
    expect(extracted("graphene://http://localhost:8080/segmentation/1.0/testvol")).toEqual([
      "graphene",
      "http",
      "localhost:8080",
      "localhost:8080/segmentation/1.0",
      "segmentation/1.0",
      "1.0",
      "testvol",
    ]);
    const fafb = "fafb-ffn1-1234567";
    expect(extracted(`precomputed://gs://${fafb}/segmentation`)).toEqual([
      "precomputed",
      "gs",
      fafb,
      fafb,
      "",
      fafb,
      "segmentation",
    ]);
    for (const protocol of ["s3", "gs"])
      expect(extracted(`${protocol}://seunglab-test/intermediate/path/dataset/layer`)).toEqual([
        "precomputed",
        protocol,
        "seunglab-test",
        "seunglab-test/intermediate/path/dataset",
        "intermediate/path/dataset",
        "dataset",
        "layer",
      ]);
    const inner = "seunglab-test/intermediate/path/dataset";
    expect(extracted(`file://${inner}/layer`)).toEqual([
      "precomputed",
      "file",
      "/data",
      `/data/here/${inner}`,
      `here/${inner}`,
      "dataset",
      "layer",
    ]);
    expect(extracted(`file://~/${inner}/layer`)).toEqual([
      "precomputed",
      "file",
      "/people",
      `/people/me/${inner}`,
      `me/${inner}`,
      "dataset",
      "layer",
    ]);
    const cache = "me/.cloudvolume/cache/gs/bucket/dataset";
    expect(extracted(`file:///User/${cache}/layer`)).toEqual([
      "precomputed",
      "file",
      "/User",
      `/User/${cache}`,
      cache,
      "dataset",
      "layer",
    ]);
    expect(extracted("s3://bucketxxxxxx/datasetzzzzz91h8__3/layer1br9bobasjf/").slice(5)).toEqual([
      "datasetzzzzz91h8__3",
      "layer1br9bobasjf",
    ]);
    expect(extracted("file:///bucket/dataset/layer/")).toEqual([
      "precomputed",
      "file",
      "/bucket",
      "/bucket/dataset",
      "dataset",
      "dataset",
      "layer",
    ]);
    expect(extracted("file:///tmp/removeme/layer/").slice(2)).toEqual([
      "/tmp",
      "/tmp/removeme",
      "removeme",
      "removeme",
      "layer",
    ]);
  });

  test("test_paths.py::test_path_extraction: what its shoulderror cannot catch", () => {
    for (const bad of [
      "s4://dataset/layer",
      "lucifer://bucket/dataset/layer/",
      "gs://///",
      "gs://seunglab-test//segmentation",
    ])
      expect(() => parsePath(bad, PLACES), bad).toThrow(UnsupportedProtocolError);
    // These stand in its list, too, but CloudVolume takes them, and so do we.
    expect(extracted("gs://bucket/dataset/layer/info").at(-1)).toBe("info");
    expect(extracted("s3://dataset").at(-1)).toBe("dataset");
    expect(extracted("dataset/layer")[1]).toBe("file");
    expect(extracted("ou3bouqjsa fkj aojsf oaojf ojsaf").at(-1)).toBe("ou3bouqjsa fkj aojsf oaojf ojsaf");
  });

  test("test_paths.py::test_windows_path_extraction", () => {
    const cool = ["C:\\wow", "C:\\wow\\this\\is\\a\\cool", "this\\is\\a\\cool", "cool", "path"];
    for (const path of [
      "file://C:\\wow\\this\\is\\a\\cool\\path",
      "file://C:\\wow\\this\\is\\a\\cool\\path\\",
    ])
      expect(extracted(path)).toEqual(["precomputed", "file", ...cool]);
    expect(extracted("C:/wow/this/is/a/./cool//path").slice(2)).toEqual(cool);
    expect(parsePath("cool\\path", { cwd: "C:\\wow\\this\\is\\a" }).path).toBe(
      "C:\\wow\\this\\is\\a\\cool\\path",
    );
    const kasthuri = "storage.googleapis.com/neuroglancer-public-data/kasthuri2011";
    expect(extracted(`precomputed://https://${kasthuri}/ground_truth`)).toEqual([
      "precomputed",
      "https",
      "storage.googleapis.com",
      kasthuri,
      "neuroglancer-public-data/kasthuri2011",
      "kasthuri2011",
      "ground_truth",
    ]);
  });

  test.each(TABLE)("as cloudvolume.paths.extract: %s", (path, parts) => {
    expect(extracted(path).join(" ")).toBe(parts);
  });
});
