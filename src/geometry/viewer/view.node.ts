/** Meshes and skeletons in the browser: a page on loopback, drawn by three.js, that needs no other host. */
import { readFile } from "node:fs/promises";
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { StorageError } from "../../base/errors.js";
import { page } from "./page.js";
import type { Content, Viewer } from "./serve-page.node.js";

export type { Viewer };

/** What is drawn: triangles or lines between points. */
export interface ViewedObject {
  readonly name: string;
  readonly kind: "mesh" | "skeleton";
  /** x, y, z of each point. */
  readonly vertices: Float32Array;
  /** Three points a triangle, or two a line. */
  readonly indices: Uint32Array;
}

export interface ViewerOptions extends Abortable {
  /** Default 0: a free one. */
  readonly port?: number | undefined;
  /** Open the browser. Default true. */
  readonly open?: boolean | undefined;
  /** Where the page's program lies, for bundlers that move it. */
  readonly script?: URL | undefined;
}

/** Serves a page that shows objects, and opens it. @throws StorageError if the port is taken, or the page's program is not there. */
export async function viewObjects(
  objects: readonly ViewedObject[],
  options: ViewerOptions = {},
): Promise<Viewer> {
  throwIfAborted(options.signal);
  const program = await pageFile(options.script ?? new URL("./object-viewer.js", import.meta.url));
  const { servePage } = await import("./serve-page.node.js");
  const { url, close } = await servePage((path) => contentOf(objects, program, path), options);
  return { url, close };
}

/** A file that the build makes for a page. @throws StorageError if it is not there. */
export async function pageFile(place: URL): Promise<Uint8Array> {
  return await readFile(place).catch((cause: unknown) => {
    throw new StorageError("The viewer's page is not built", {
      where: place.href,
      fix: "Run npm run build.",
      cause,
    });
  });
}

function contentOf(objects: readonly ViewedObject[], program: Uint8Array, url: string): Content | undefined {
  if (url === "/") return { type: "text/html; charset=utf-8", body: page(objects.map(({ name }) => name)) };
  if (url === "/viewer.js") return { type: "text/javascript", body: program };
  if (url === "/objects") {
    const list = objects.map(({ name, kind }) => ({ name, kind }));
    return { type: "application/json", body: JSON.stringify(list) };
  }
  const [, index, part] = /^\/objects\/(\d{1,6})\/(vertices|indices)$/.exec(url) ?? [];
  const array = objects[Number(index)]?.[part as "vertices" | "indices"];
  if (array === undefined) return undefined;
  const body = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { type: "application/octet-stream", body };
}
