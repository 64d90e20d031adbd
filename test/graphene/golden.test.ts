/** CloudVolume's transcripts and recorded answers of graph servers: the same questions, the same results. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bbox } from "../../src/base/bbox.js";
import { CloudVolume } from "../../src/cloudvolume.js";
import { parseManifest } from "../../src/formats/graphene/manifest.js";
import { placeOfFragment } from "../../src/formats/graphene/mesh-files.js";
import type { Mesh } from "../../src/geometry/mesh/index.js";
import { type RecordedAnswer, type RecordedServer, recordedServer } from "../servers/recorded.js";
import { goldenEntries, goldenPath, goldenRoot } from "../support/golden.js";
import { readNpz } from "../support/npz.js";
import { bytesOf } from "../support/voxels.js";

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly request_body_base64: string;
  readonly status: number;
  readonly response_base64: string;
}
/** Each step has some of these. */
interface StepResult {
  readonly arguments: readonly string[];
  readonly argument: string;
  readonly roots: readonly string[];
  readonly root: string;
  readonly leaves: readonly string[];
  readonly segids: readonly string[];
  readonly bbox: readonly number[];
  readonly timestamp: number;
  readonly stop_layer: number;
  readonly sha256_F: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly unique: readonly string[];
}
interface Step {
  readonly http: readonly Exchange[];
  readonly result: StepResult;
}

const entries = goldenEntries(
  ["graphene-transcript", "graphene-mesh", "graphene-responses"],
  "golden answers of graph servers",
);
const secrets = { token: "abcdef0123" };

describe.runIf(goldenRoot !== undefined)("golden answers of graph servers", () => {
  describe.each(entries.filter(({ kind }) => kind === "graphene-transcript"))("$path", ({ path }) => {
    const folder = goldenPath(path);
    const text = readFileSync(`${folder}/transcript.json`, "utf8").replaceAll("BUCKET", `${folder}/bucket`);
    const transcript = JSON.parse(text) as {
      readonly info_url: string;
      readonly info: unknown;
      readonly steps: Record<string, Step>;
    };
    let server: RecordedServer;
    let vol: CloudVolume;
    beforeAll(async () => {
      server = await recordedServer([infoAnswer(transcript.info_url, transcript.info)]);
      vol = await CloudVolume.open(`graphene://${server.url}/segmentation/table/tab`, { secrets });
    });
    afterAll(() => server.close());

    const run: Record<string, (result: StepResult) => Promise<void>> = {
      get_roots: async ({ arguments: labels, roots }) => {
        expect([...(await vol.getRoots(labels))].map(String)).toEqual(roots);
      },
      get_roots_timestamp_stop_layer: async ({
        arguments: labels,
        roots,
        timestamp,
        stop_layer: stopLayer,
      }) => {
        expect([...(await vol.getRoots(labels, { timestamp, stopLayer }))].map(String)).toEqual(roots);
      },
      get_root: async ({ argument, root }) => {
        expect(String(await vol.getRoot(argument))).toBe(root);
      },
      get_leaves: async ({ root, bbox, leaves }) => {
        expect([...(await vol.getLeaves(root, bbox))].map(String)).toEqual(leaves);
      },
      download_supervoxels: (result) => download(result, {}),
      download_agglomerated: (result) => download(result, { agglomerate: true }),
      download_segids: (result) => download(result, { segids: result.segids.map(BigInt) }),
      download_stop_layer_2: (result) => download(result, { agglomerate: true, stopLayer: 2 }),
    };

    async function download(
      result: StepResult,
      options: Parameters<CloudVolume["download"]>[1],
    ): Promise<void> {
      const cutout = await vol.download(Bbox.fromList(result.bbox), { ...options, crackle: false });
      expect(cutout.shape).toEqual(result.shape);
      expect(cutout.dtype).toBe(result.dtype);
      expect(createHash("sha256").update(bytesOf(cutout.data)).digest("hex")).toBe(result.sha256_F);
      const distinct = [...new Set(cutout.data as BigUint64Array)].sort((a, b) => (a < b ? -1 : 1));
      expect(distinct.map(String)).toEqual(result.unique);
    }

    test("has just the steps that are run here", () => {
      expect(Object.keys(transcript.steps).sort()).toEqual(Object.keys(run).sort());
    });

    test.each(Object.entries(transcript.steps))("%s", async (name, { http, result }) => {
      server.answers = http.map(({ method, url, status, response_base64 }) => ({
        method,
        url,
        status,
        body: Buffer.from(response_base64, "base64"),
      }));
      server.asked.length = 0;
      await run[name]!(result);
      const asked = server.asked.map(({ method, target, body }) => [
        method,
        target,
        Buffer.from(body).toString("base64"),
      ]);
      const recorded = http.map(({ method, url, request_body_base64 }) => {
        const { pathname, search } = new URL(url);
        return [method, pathname + search, request_body_base64];
      });
      expect(asked).toEqual(recorded);
      for (const { headers } of server.asked) expect(headers.authorization).toBe(`Bearer ${secrets.token}`);
    });
  });

  describe.each(entries.filter(({ kind }) => kind === "graphene-mesh"))("$path", (entry) => {
    const { path, num_vertices, num_faces } = entry as typeof entry & {
      num_vertices: number;
      num_faces: number;
    };
    const folder = goldenPath(path);
    const answers = recordedAnswers(path);
    const segment = BigInt(/manifest\/(\d+):0/.exec(answers[1]!.url)![1]!);
    let server: RecordedServer;
    beforeAll(async () => {
      server = await recordedServer(answers);
    });
    afterAll(() => server.close());

    test("mesh.get gives CloudVolume's mesh, to the bit", async () => {
      const { pathname } = new URL(answers[0]!.url);
      const vol = await CloudVolume.open(`graphene://${server.url}${pathname.replace(/\/info$/, "")}`, {
        secrets,
      });
      server.asked.length = 0;
      const mesh = (await vol.mesh.get(segment, { fuse: false })).get(segment) as Mesh;
      expect([mesh.vertexCount, mesh.faceCount]).toEqual([num_vertices, num_faces]);
      const truth = readNpz(`${folder}/mesh.npz`);
      const same = (name: string, data: ArrayLike<number>): void => {
        const { data: expected, shape } = truth.get(name)!;
        // Rows of three, in C order: a Fortran array has its columns one behind the other.
        const columns = truth.get(name)!.stride[0] === 1;
        const rows = shape[0]!;
        for (let i = 0; i < data.length; i++) {
          const at = columns ? (i % 3) * rows + Math.floor(i / 3) : i;
          if (data[i] !== Number(expected[at]))
            throw new Error(`${name} differ at ${i}: ${data[i]}, ${expected[at]}`);
        }
        expect(data.length).toBe(3 * rows);
      };
      same("vertices", mesh.vertices);
      same("faces", mesh.faces);
      const [{ method, target, body }] = server.asked as [RecordedServer["asked"][0]];
      expect([server.asked.length, method]).toEqual([1, "GET"]);
      expect(target).toBe(`${new URL(answers[1]!.url).pathname}?verify=True`);
      expect(JSON.parse(Buffer.from(body).toString())).toEqual({ start_layer: expect.any(Number) });
    });
  });

  describe.each(entries.filter(({ kind }) => kind === "graphene-responses"))("$path", ({ path }) => {
    const [info, verified, speculative] = recordedAnswers(path) as [
      RecordedAnswer,
      RecordedAnswer,
      RecordedAnswer,
    ];

    test("its info opens", async () => {
      const server = await recordedServer([info]);
      const document = JSON.parse(Buffer.from(info.body).toString());
      const vol = await CloudVolume.open(
        `graphene://${server.url}/segmentation/table/meshvol_graphene_sharded`,
        {
          secrets,
          provenance: {},
        },
      );
      await server.close();
      expect(vol.graph.dataDir).toBe(document.data_dir);
      expect(vol.graph.nLayers).toBe(12);
      // The position of its chunk is in the name of the shard that the manifest gives for it.
      expect(vol.graph.decodeChunkPositionNumber(440473154180453586n)).toBe(29568n);
      expect(vol.scales.length).toBe(document.scales.length);
    });

    test("a verified manifest names files and places in shards", () => {
      const { fragments, segids } = parseManifest(verified.body, "manifest", true);
      const places = fragments.map((name) => placeOfFragment(name, "manifest"));
      expect(places[0]).toEqual({
        kind: "initial",
        file: "6/29568-0.shard",
        offset: 765877565,
        length: 4454,
      });
      expect(places.at(-1)?.kind).toBe("dynamic");
      expect(segids?.length).toBe(fragments.length);
      // Exact beyond 2^53.
      expect(segids![0]).toBe(440473154180453586n);
      expect(segids!.at(-1)).toBe(BigInt(fragments.at(-1)!.split(":")[0]!));
    });

    test("of a speculative one the labels are taken", () => {
      const { fragments, segids } = parseManifest(speculative.body, "manifest", true);
      expect([...segids!].map(String)).toEqual(fragments.map((name) => /\d+/.exec(name)![0]));
      expect(() => placeOfFragment(fragments[0]!, "manifest")).toThrow("in a way that is not known");
    });
  });

  function recordedAnswers(path: string): RecordedAnswer[] {
    const folder = goldenPath(path);
    const text = readFileSync(`${folder}/responses.json`, "utf8").replaceAll("BUCKET", `${folder}/bucket`);
    // The labels of manifests are beyond 2^53: the JSON text of each answer is taken as it stands.
    return (JSON.parse(text) as { answers: { method: string; url: string; json: unknown }[] }).answers.map(
      ({ method, url, json }) => ({
        method,
        url,
        body: Buffer.from(exactText(text, url) ?? JSON.stringify(json)),
      }),
    );
  }

  function exactText(text: string, url: string): string | undefined {
    const from = text.indexOf('"json":', text.indexOf(JSON.stringify(url)));
    const start = text.indexOf("{", from);
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      if (text[at] === "{") depth++;
      if (text[at] === "}" && --depth === 0) return text.slice(start, at + 1);
    }
    return undefined;
  }

  function infoAnswer(url: string, info: unknown): RecordedAnswer {
    return { method: "GET", url, body: Buffer.from(JSON.stringify(info)) };
  }
});
