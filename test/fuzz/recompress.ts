/** JPEG files recompressed and restored: what comes out of either way is the same file, or nothing, or a typed error. */
import { recompressJpeg, restoreJpeg } from "../../src/codecs/jxl/jpeg/index.js";
import { pairs, progressive } from "../../src/codecs/jxl/jpeg/testing.js";
import type { Target } from "./target.js";

export function recompressTargets(): Target[] {
  const all = [...pairs, progressive];
  return [
    {
      name: "jpeg to jxl",
      seeds: all.map(({ jpeg, expected }) => ({
        bytes: jpeg,
        run: (bytes) => {
          const file = recompressJpeg(bytes, expected);
          if (file === undefined) return undefined;
          const restored = restoreJpeg(file, expected);
          return restored !== undefined && Buffer.compare(restored, bytes) === 0
            ? undefined
            : "another JPEG file is restored";
        },
      })),
    },
    {
      name: "jxl to jpeg",
      seeds: all.flatMap(({ jpeg, jxl, expected }) =>
        [jxl, recompressJpeg(jpeg, expected)]
          .filter((bytes) => bytes !== undefined)
          .map((bytes) => ({
            bytes,
            run: (damaged: Uint8Array) => {
              restoreJpeg(damaged, expected);
              return undefined;
            },
          })),
      ),
    },
  ];
}
