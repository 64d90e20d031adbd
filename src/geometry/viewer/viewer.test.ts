import { request } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as THREE from "three";
import { afterEach, describe, expect, test } from "vitest";
import { StorageError } from "../../base/errors.js";
import { Mesh } from "../mesh/index.js";
import { sphere } from "../mesh/testing.js";
import { Skeleton } from "../skeleton/skeleton.js";
import { type ViewedObject, type Viewer, viewObjects } from "./view.node.js";

const ball = sphere(6, 40);
const OBJECTS: ViewedObject[] = [
  { name: "7 <script>", kind: "mesh", vertices: ball.vertices, indices: ball.faces },
  { name: "8", kind: "skeleton", vertices: Float32Array.of(0, 0, 0, 9, 9, 9), indices: Uint32Array.of(0, 1) },
];
const script = pathToFileURL(resolve("apps/object-viewer/main.js"));

let viewer: Viewer | undefined;
afterEach(async () => {
  await viewer?.close();
  viewer = undefined;
});
const open = async (objects = OBJECTS): Promise<Viewer> => {
  viewer = await viewObjects(objects, { open: false, script });
  return viewer;
};

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: Buffer;
}

function ask(url: string, how: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> {
  const { method = "GET", host } = how;
  return new Promise((done, fail) => {
    const asked = request(
      url,
      { method, ...(host === undefined ? {} : { headers: { host } }) },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          done({
            status: response.statusCode,
            type: response.headers["content-type"],
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    asked.on("error", fail);
    asked.end();
  });
}

describe("the viewer", () => {
  test("serves the page, its program and the objects, on loopback", async () => {
    const { url } = await open();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const html = (await ask(url)).body.toString();
    expect(html).toContain("<title>2 objects</title>");
    expect(html).not.toMatch(/https?:/);
    expect((await ask(`${url}viewer.js`)).type).toBe("text/javascript");
    expect(JSON.parse((await ask(`${url}objects`)).body.toString())).toEqual([
      { name: "7 <script>", kind: "mesh" },
      { name: "8", kind: "skeleton" },
    ]);
    const vertices = (await ask(`${url}objects/0/vertices`)).body;
    expect(vertices.equals(Buffer.from(ball.vertices.buffer))).toBe(true);
    expect((await ask(url, { method: "HEAD" })).status).toBe(200);
    for (const path of ["objects/2/vertices", "objects/0/normals", "objects/0/..", "none"])
      expect((await ask(url + path)).status, path).toBe(404);
  });

  test("refuses other methods, and requests that name another host", async () => {
    const { url } = await open();
    expect((await ask(url, { method: "POST" })).status).toBe(404);
    expect((await ask(url, { host: "evil.example" })).status).toBe(403);
    expect((await ask(`${url}objects`, { host: "127.0.0.1.evil.example:80" })).status).toBe(403);
  });

  test("names in the title are text", async () => {
    const { url } = await open(OBJECTS.slice(0, 1));
    expect((await ask(url)).body.toString()).toContain("<title>7 &lt;script></title>");
  });

  test("ends when it is closed; a page that is not built is a typed error", async () => {
    const { url, close } = await open();
    await close();
    await expect(ask(url)).rejects.toThrow();
    const none = pathToFileURL(resolve("none.js"));
    await expect(viewObjects(OBJECTS, { open: false, script: none })).rejects.toThrow(StorageError);
  });

  test("of a mesh and of a skeleton", async () => {
    const skeleton = new Skeleton({
      id: 5,
      vertices: [
        [0, 0, 0],
        [1, 2, 3],
      ],
      edges: [[0, 1]],
    });
    for (const [object, name, kind] of [
      [new Mesh({ ...ball, segid: 4 }), "4", "mesh"],
      [skeleton, "5", "skeleton"],
    ] as const) {
      const shown = await object.viewer({ open: false, script });
      expect(JSON.parse((await ask(`${shown.url}objects`)).body.toString())).toEqual([{ name, kind }]);
      await shown.close();
    }
  });

  test("the page's scene holds every object as it is", async () => {
    const { url } = await open();
    const { loadScene } = (await import(pathToFileURL(resolve("apps/object-viewer/scene.js")).href)) as {
      loadScene: (
        three: typeof THREE,
        list: readonly object[],
        load: (path: string) => Promise<ArrayBuffer>,
      ) => Promise<{
        objects: { name: string; geometry: THREE.BufferGeometry }[];
        sphere: { radius: number };
      }>;
    };
    const load = async (path: string): Promise<ArrayBuffer> => {
      const { body } = await ask(new URL(path, url).href);
      return new Uint8Array(body).buffer;
    };
    const list = JSON.parse(Buffer.from(await load("/objects")).toString());
    const { objects, sphere: around } = await loadScene(THREE, list, load);
    expect(objects.map(({ name }) => name)).toEqual(["7 <script>", "8"]);
    expect(objects[0]?.geometry.getAttribute("position").array).toEqual(ball.vertices);
    expect(objects[0]?.geometry.getIndex()?.array).toEqual(ball.faces);
    expect(around.radius).toBeGreaterThan(40);
  });
});
