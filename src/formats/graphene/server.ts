/**
 * Where a graphene layer's servers are. Source: CloudVolume `datasource/graphene/metadata.py`; the routes are those of
 * PyChunkedGraph (github.com/CAVEconnectome/PyChunkedGraph, `app/segmentation` and `app/meshing`).
 */
import { UnsupportedFormatError, UnsupportedGrapheneAPIVersionError } from "../../base/errors.js";
import { type CloudPath, printable } from "../../stores/url.js";

/** Versions of the interface, the oldest first: an info counts them from 0. */
export const API_VERSIONS = ["1.0", "v1"] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

export interface GrapheneServer {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** The service's first word, usually `segmentation`. */
  readonly modality: string;
  /** The version that the path names; `table`: the newest. */
  readonly version: ApiVersion | "table";
  readonly dataset: string;
}

const NAME = String.raw`([\w.-]+)`;
const FORMS = [
  new RegExp(String.raw`^(\w+)/(table)/${NAME}$`),
  new RegExp(String.raw`^(\w+)/api/(v[\d.]+)/table/${NAME}$`),
  new RegExp(String.raw`^(\w+)/api/(v[\d.]+)/${NAME}$`),
  new RegExp(String.raw`^(\w+)/([\d.]+)/${NAME}$`),
];

/**
 * `[middleauth+]https://HOST/<modality>/table/DATASET`, `…/<modality>/api/v1/[table/]DATASET` or `…/<modality>/1.0/DATASET`.
 * @throws UnsupportedFormatError for another form, UnsupportedGrapheneAPIVersionError for another version.
 */
export function parseServer({ transport, bucket, path, location }: CloudPath): GrapheneServer {
  const where = printable(`graphene://${location}`);
  if (transport !== "https" && transport !== "http")
    throw new UnsupportedFormatError("A graph is asked over http", {
      where,
      expected: "graphene://https://HOST/segmentation/table/DATASET",
      got: transport,
    });
  const found = FORMS.map((form) => form.exec(path)).find((match) => match !== null);
  if (found === undefined || found === null)
    throw new UnsupportedFormatError("Not the address of a graph", {
      where,
      expected:
        "HOST/segmentation/table/DATASET, HOST/segmentation/api/v1/DATASET or HOST/segmentation/1.0/DATASET",
      got: path === "" ? "no path" : printable(path),
    });
  const [, modality = "", version = "", dataset = ""] = found;
  if (version !== "table" && !isVersion(version))
    throw new UnsupportedGrapheneAPIVersionError("Unknown version of the graph's interface", {
      where,
      expected: `table, ${API_VERSIONS.join(" or ")}`,
      got: version,
    });
  return { origin: `${transport}://${bucket}`, modality, version, dataset };
}

function isVersion(word: string): word is ApiVersion {
  return API_VERSIONS.some((version) => version === word);
}

/** The path of the info document, whichever version is used. */
export function infoPath({ modality, dataset }: GrapheneServer): string {
  return `${modality}/table/${dataset}/info`;
}

/** The path below which a version of the graph's interface lies. */
export function graphPath({ modality, dataset }: GrapheneServer, version: ApiVersion): string {
  return version === "1.0" ? `${modality}/1.0/${dataset}` : `${modality}/api/${version}/table/${dataset}`;
}

/** The path below which the manifests of meshes lie: of the version that the layer's path names, else of the newest. */
export function manifestPath(server: GrapheneServer, newest: ApiVersion): string {
  const version = server.version === "table" ? newest : server.version;
  return `${graphPath({ ...server, modality: "meshing" }, version)}/manifest`;
}
