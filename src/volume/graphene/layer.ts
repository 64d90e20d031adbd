/** The metadata of a graphene layer: the info of its server, and besides what its folder of supervoxels has. */
import type { Abortable } from "../../base/abort.js";
import { InfoUnavailableError, ReadOnlyException } from "../../base/errors.js";
import { type JsonObject, parseJson } from "../../base/json.js";
import { type GrapheneServer, infoPath } from "../../formats/graphene/server.js";
import { type Info, verifyInfo } from "../../formats/precomputed/info.js";
import type { PrecomputedMetadata } from "../../formats/precomputed/metadata.js";
import type { HttpService } from "../../stores/http/service.js";
import { type LayerMetadata, precomputedLayer } from "../layer-metadata.js";
import { askBytes } from "./ask.js";

/** Most bytes of an info document. */
const LIMIT = 16 * 2 ** 20;

/** The info document of a graph server, not verified. @throws InfoUnavailableError, InfoError for what is no JSON object. */
export async function fetchGrapheneInfo(
  server: GrapheneServer,
  service: HttpService,
  { signal }: Abortable = {},
): Promise<JsonObject> {
  const path = infoPath(server);
  const where = service.url(path);
  const bytes = await askBytes(service, { method: "GET", path, query: [], limit: LIMIT }, { signal });
  if (bytes === undefined)
    throw new InfoUnavailableError("The graph server has no such dataset", {
      where,
      fix: "Check the host and the dataset's name.",
    });
  return verifyInfo(parseJson(bytes, { where }), where);
}

/** `metadata`: opened with that info, on the store of the supervoxels. It is read-only, and its info is never stored. */
export function grapheneLayer(
  metadata: PrecomputedMetadata,
  server: GrapheneServer,
  service: HttpService,
): LayerMetadata {
  const fetchInfo = async (options: Abortable = {}): Promise<Info> =>
    (await fetchGrapheneInfo(server, service, options)) as Info;
  const refuse = async (): Promise<never> => {
    throw new ReadOnlyException("The info of a graphene layer is its server's", {
      where: service.url(infoPath(server)),
    });
  };
  metadata.readonly = true;
  return Object.assign(precomputedLayer(metadata), {
    format: "graphene" as const,
    fetchInfo,
    refreshInfo: async (options: Abortable = {}): Promise<Info> => {
      metadata.info = await fetchInfo(options);
      return metadata.info;
    },
    commitInfo: refuse,
    lockMips: refuse,
    unlockMips: refuse,
    // Nothing of this info is kept on disk.
    checkInfoValidity: async (): Promise<void> => {},
  });
}
