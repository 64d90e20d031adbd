import { describe, expect, test } from "vitest";
import { ArgumentError, EncodingError, MeshDecodeError } from "../../base/errors.js";
import { mutate, seeded } from "../../codecs/testing-chunks.js";
import { Mesh } from "../mesh/index.js";
import { openEdges, sphere } from "../mesh/testing.js";
import { decodeDraco, isDraco } from "./index.js";

const ball = new Mesh(sphere(10, 100, [500, 600, 700]));

describe("draco", () => {
  test("keeps order and integers where it is told to", async () => {
    const whole = new Mesh({ vertices: ball.vertices.map(Math.round), faces: ball.faces });
    const bytes = await whole.toDraco({ positions: "integers", preserveOrder: true });
    expect(isDraco(bytes)).toBe(true);
    const read = await Mesh.fromDraco(bytes, 5);
    expect(read.equals(whole)).toBe(true);
    expect(read.encodingType).toBe("draco");
    expect(read.segid).toBe(5n);
  });

  test("quantized positions come back within half a step, and tell their quantization", async () => {
    const positions = { bits: 10, range: 200, origin: [400, 500, 600] };
    const bytes = await ball.toDraco({ positions, preserveOrder: true });
    const { vertices, faces, quantization } = await decodeDraco(bytes);
    expect(quantization).toEqual(positions);
    expect([...faces]).toEqual([...ball.faces]);
    const step = 200 / 1023;
    vertices.forEach((value, i) => {
      expect(Math.abs(value - ball.vertices[i]!)).toBeLessThan(step / 2 + 1e-3);
    });
    const raw = await decodeDraco(bytes, { raw: true });
    expect(raw.vertices.every((value) => Number.isInteger(value) && value >= 0 && value < 1024)).toBe(true);
  });

  test("edgebreaker keeps the surface", async () => {
    for (const compressionLevel of [0, 1, 7, 10]) {
      const read = await Mesh.fromDraco(await ball.toDraco({ compressionLevel }));
      expect(read.faceCount).toBe(ball.faceCount);
      expect(openEdges(read.consolidate())).toBe(0);
    }
  });

  test("several at a time", async () => {
    const bytes = await ball.toDraco();
    const read = await Promise.all(Array.from({ length: 8 }, () => Mesh.fromDraco(bytes)));
    expect(read.every((mesh) => mesh.equals(read[0]!))).toBe(true);
  });

  test("what cannot be encoded", async () => {
    await expect(new Mesh({ vertices: [], faces: [] }).toDraco()).rejects.toThrow(EncodingError);
    await expect(ball.toDraco({ compressionLevel: 11 })).rejects.toThrow(ArgumentError);
    await expect(ball.toDraco({ positions: 31 })).rejects.toThrow(ArgumentError);
    await expect(ball.toDraco({ positions: { bits: 8, range: 0, origin: [0, 0, 0] } })).rejects.toThrow(
      ArgumentError,
    );
  });

  test("damaged data are typed errors, and later ones decode", async () => {
    const bytes = await ball.toDraco();
    const good = await Mesh.fromDraco(bytes);
    const random = seeded(7);
    let refused = 0;
    const attempt = async (input: Uint8Array): Promise<void> => {
      try {
        new Mesh(await decodeDraco(input)).validate();
      } catch (error) {
        expect(error).toBeInstanceOf(MeshDecodeError);
        refused++;
      }
    };
    for (let n = 0; n < bytes.length; n += 7) await attempt(bytes.slice(0, n));
    for (let i = 0; i < 200; i++) await attempt(mutate(bytes, random));
    expect(refused).toBeGreaterThan(100);
    expect((await Mesh.fromDraco(bytes)).equals(good)).toBe(true);
  });
});
