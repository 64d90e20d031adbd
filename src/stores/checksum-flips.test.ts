import { expect, test } from "vitest";
import { IntegrityError } from "../base/errors.js";
import { checksum, toHex } from "./checksums.js";
import { verify as verifyGs } from "./gs/resource.js";
import type { HttpHead } from "./http/transport.js";
import { verify as verifyHttp } from "./http/verify.js";
import { md5 } from "./md5.js";
import { verify as verifyS3 } from "./s3/verify.js";

const BODY = Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 31) >> 3);
const CRC = checksum("crc32c", BODY);
const MD5 = checksum("md5", BODY);
type Verify = (head: HttpHead, bytes: Uint8Array, where: string) => Promise<string> | string | undefined;

/** @property every: how many bits are between two flips. */
const rows: readonly (readonly [
  title: string,
  verify: Verify,
  headers: Record<string, string>,
  by: string,
  every: number,
])[] = [
  ["gs, crc32c", verifyGs, { "x-goog-hash": `crc32c=${CRC},md5=${MD5}` }, "crc32c", 1],
  ["gs, md5", verifyGs, { "x-goog-hash": `md5=${MD5}` }, "md5", 61],
  ["s3, crc32c", verifyS3, { "x-amz-checksum-crc32c": CRC, etag: '"x"' }, "crc32c", 1],
  ["s3, crc32", verifyS3, { "x-amz-checksum-crc32": checksum("crc32", BODY) }, "crc32", 61],
  ["s3, ETag", verifyS3, { etag: `"${toHex(md5(BODY))}"` }, "md5", 61],
  ["http, Google's", verifyHttp, { "x-goog-hash": `crc32c=${CRC}, md5=${MD5}` }, "crc32c", 61],
  ["http, Amazon's", verifyHttp, { "x-amz-checksum-crc32c": CRC }, "crc32c", 61],
  ["http, Content-MD5", verifyHttp, { "content-md5": MD5 }, "md5", 61],
  ["http, Content-Digest", verifyHttp, { "content-digest": `sha-256=:AA==:, crc32c=:${CRC}:` }, "crc32c", 1],
  ["http, Repr-Digest", verifyHttp, { "repr-digest": `md5=:${MD5}:` }, "md5", 61],
  ["http, Digest", verifyHttp, { digest: `MD5=${MD5}` }, "md5", 61],
];

test.each(rows)("%s: every bit that is flipped is found", async (_title, verify, headers, by, every) => {
  const head: HttpHead = { status: 200, headers };
  expect(await verify(head, BODY, "x")).toBe(by);
  const flipped = BODY.slice();
  let found = 0;
  let tried = 0;
  for (let bit = 0; bit < 8 * BODY.length; bit += every, tried++) {
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      await verify(head, flipped, "x");
    } catch (error) {
      if (error instanceof IntegrityError) found++;
    }
    flipped[bit >> 3]! ^= 1 << (bit & 7);
  }
  expect(found).toBe(tried);
});

test.each([
  ["no checksum", {}],
  ["one of parts", { "x-amz-checksum-crc32c": `${CRC}-3` }],
  ["one of parts by type", { "x-amz-checksum-crc32c": "AAAAAA==", "x-amz-checksum-type": "COMPOSITE" }],
  [
    "one of what was decoded on the way",
    { "x-goog-hash": "crc32c=AAAAAA==", "x-goog-stored-content-encoding": "gzip" },
  ],
  ["one of what a wrong label is on", { "content-md5": MD5.replace(/^./, "x"), "content-encoding": "gzip" }],
])("over http, %s compares nothing", (_title, headers) => {
  expect(verifyHttp({ status: 200, headers }, BODY, "x")).toBeUndefined();
});
