// What the cases of bench/codecs are made of. All arrays are dense, in Fortran order.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

export function makeTools(lib, root) {
  const golden = resolve(root, process.env.CLOUDVOLUME_GOLDEN ?? "../shared/data");
  let whole;
  return {
    lib,
    golden: (path) => join(golden, path),
    /** A box (from, size) of the golden real segmentation (256^3, uint32), as labels of `dtype`; a made one without the data. */
    async segmentation(from, size, dtype) {
      whole ??= await realSegmentation(lib, golden);
      return crop(whole ?? cells([256, 256, 256]), [256, 256, 256], from, size, dtype);
    },
    /** A chunk of golden electron microscopy, 128 x 128 x 16 of uint8; undefined without the data. */
    async microscopy() {
      const file = join(golden, "real/em_jpeg/layer/4_4_50/0-128_0-128_0-16");
      if (!existsSync(file)) return undefined;
      const shape = [128, 128, 16, 1];
      const codec = await lib.loadedCodec("jpeg");
      const ws = lib.createWorkspace();
      const bytes = readFileSync(file);
      const [source, { ptr, length }] = [ws.allocate(bytes.length), ws.allocate(128 * 128 * 16)];
      ws.bytes().set(bytes, source.ptr);
      const place = { ptr, stride: [128, 128 ** 2, length], from: [0, 0, 0], size: [128, 128, 16] };
      codec.decode(ws, source, { shape, dtype: "uint8" }, place);
      return { shape, dtype: "uint8", voxels: ws.bytes().slice(ptr, ptr + length) };
    },
    floats,
    images,
    cells: (size, dtype) => crop(cells(size), size, [0, 0, 0], size, dtype),
    noise(size, dtype, most = 4) {
      let state = 1;
      const next = () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 16) % most;
      };
      const labels = Uint32Array.from({ length: size.reduce((a, b) => a * b) }, next);
      return crop(labels, size, [0, 0, 0], size, dtype);
    },
  };
}

/** Waves over x, y, z and channels: `smooth`, with noise of 1 % (`noisy`), or `clipped` to 0 to 1 as affinities are. */
function floats(kind, [nx, ny, nz, channels = 1], dtype) {
  const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: BigInt64Array };
  const out = new arrays[dtype](nx * ny * nz * channels);
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (((state >>> 16) & 255) + (state >>> 24) - 255) / 255;
  };
  for (let i = 0; i < out.length; i++) {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / nx / ny) % nz];
    const wave = Math.sin(x / 20) + Math.cos(y / 17) * Math.sin(z / 9) + 0.1 * Math.floor(i / nx / ny / nz);
    const rough = wave + (kind === "smooth" ? 0 : 0.025 * noise());
    const value = kind === "clipped" ? Math.min(1, Math.max(0, 3 * rough)) : rough;
    out[i] = dtype === "int64" ? BigInt(Math.round(value * 1e6)) : dtype === "int32" ? value * 1e6 : value;
  }
  return new Uint8Array(out.buffer);
}

/** The noisy waves as uint8 or uint16. */
function images(shape, dtype) {
  const waves = new Float32Array(floats("noisy", shape, "float32").buffer);
  const most = dtype === "uint8" ? 255 : 65535;
  const array = (dtype === "uint8" ? Uint8Array : Uint16Array).from(waves, (v) =>
    Math.min(most, Math.max(0, most * (0.5 + v / 5))),
  );
  return new Uint8Array(array.buffer);
}

/** Labels of a segmentation-like volume. */
function cells([sx, sy, sz]) {
  const out = new Uint32Array(sx * sy * sz);
  for (let i = 0; i < out.length; i++) {
    const [x, y, z] = [i % sx, Math.floor(i / sx) % sy, Math.floor(i / sx / sy)];
    const bent = Math.floor((x + 3 * Math.sin(y / 7)) / 19) + 2;
    out[i] = 1 + bent + 29 * (Math.floor((y + 2 * Math.sin(z / 5)) / 23) + 1) + 613 * Math.floor(z / 17);
  }
  return out;
}

async function realSegmentation(lib, golden) {
  const dir = join(golden, "real/seg_compresso/layer/32_32_40");
  if (!existsSync(dir)) return undefined;
  const codec = await lib.loadedCodec("compresso");
  const ws = lib.createWorkspace();
  const out = new Uint32Array(256 ** 3);
  const bytes = new Uint8Array(out.buffer);
  const target = ws.allocate(bytes.length / 4);
  for (let part = 0; part < 4; part++) {
    const file = gunzipSync(readFileSync(join(dir, `0-256_0-256_${64 * part}-${64 * part + 64}.gz`)));
    const source = ws.allocate(file.length);
    ws.bytes().set(file, source.ptr);
    codec.decode(
      ws,
      source,
      { shape: [256, 256, 64, 1], dtype: "uint32" },
      { ptr: target.ptr, stride: [1024, 262144, 0], from: [0, 0, 0], size: [256, 256, 64] },
    );
    bytes.set(ws.bytes().subarray(target.ptr, target.ptr + target.length), part * target.length);
  }
  return out;
}

/** A box of labels as bytes of `dtype`; 64-bit labels are spread over the type. */
function crop(labels, [sx, sy], from, size, dtype) {
  const count = size.reduce((a, b) => a * b);
  const arrays = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array };
  const out = new arrays[dtype](count);
  const spread = new Map();
  for (let i = 0; i < count; i++) {
    const x = from[0] + (i % size[0]);
    const y = from[1] + (Math.floor(i / size[0]) % size[1]);
    const z = from[2] + Math.floor(i / size[0] / size[1]);
    const label = labels[x + sx * (y + sy * z)];
    if (dtype !== "uint64") out[i] = label;
    else {
      const wide = spread.get(label) ?? BigInt.asUintN(64, BigInt(label) * 0x9e3779b97f4a7c15n);
      spread.set(label, wide);
      out[i] = wide;
    }
  }
  return new Uint8Array(out.buffer);
}
