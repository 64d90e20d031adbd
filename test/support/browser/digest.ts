/** What a layer's objects are, in few bytes: told alike by the library of Node and that of a page. */
import type { CloudVolume } from "../../../src/cloudvolume.js";
import type { openAnnotations } from "../../../src/open-annotations.js";
import type { open } from "../../../src/open-any.js";

export interface Library {
  readonly CloudVolume: typeof CloudVolume;
  readonly open: typeof open;
  readonly openAnnotations: typeof openAnnotations;
}

/** Objects by their kind and ids, as hashes of their arrays. */
export async function meshDigests(
  { CloudVolume }: Library,
  path: string,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const vol = await CloudVolume.open(path);
  const out: Record<string, string> = {};
  for (const id of ids) {
    const mesh = await vol.mesh.get(BigInt(id));
    out[id] = `${mesh.faces.length} ${await hash(mesh.vertices)} ${await hash(mesh.faces)}`;
  }
  return out;
}

export async function skeletonDigests(
  { CloudVolume }: Library,
  path: string,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const vol = await CloudVolume.open(path);
  const out: Record<string, string> = {};
  for (const id of ids) {
    const { vertices, edges } = await vol.skeleton.get(BigInt(id));
    out[id] = `${edges.length} ${await hash(vertices)} ${await hash(edges)}`;
  }
  return out;
}

export async function annotationDigest({ openAnnotations }: Library, path: string): Promise<string> {
  const annotations = await openAnnotations(path);
  const all: string[] = [];
  for await (const one of annotations.getAll()) all.push(told(one));
  return `${all.length} ${await hash(new TextEncoder().encode(all.sort().join("\n")))}`;
}

function told(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === "bigint") return `${v}n`;
    if (v instanceof Map) return [...v];
    return ArrayBuffer.isView(v) ? Array.from(v as Uint8Array) : v;
  });
}

async function hash(data: ArrayBufferView): Promise<string> {
  const bytes = new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
