/** Opening the graph of a graphene layer: its server, and where its supervoxels are. */
import type { Abortable } from "./base/abort.js";
import { AuthenticationError, UnsupportedFormatError } from "./base/errors.js";
import { credentialsOf } from "./credentials.js";
import { parseGrapheneInfo } from "./formats/graphene/info.js";
import { infoPath, parseServer } from "./formats/graphene/server.js";
import { type Timestamp, toUnixTime } from "./formats/graphene/timestamp.js";
import { type Info, verifyInfo } from "./formats/precomputed/info.js";
import { checkRedirect } from "./formats/precomputed/redirect-policy.js";
import type { StoreOptions } from "./open-store.js";
import { parseUserPath } from "./paths.js";
import { isPrivateOrigin } from "./private-origin.js";
import type { CredentialProvider, WebCredentials } from "./stores/credentials.js";
import { httpService } from "./stores/http/service.js";
import type { CloudPath } from "./stores/url.js";
import { Graph } from "./volume/graphene/graph.js";
import { fetchGrapheneInfo } from "./volume/graphene/layer.js";

export interface OpenGrapheneOptions extends StoreOptions, Abortable {
  /** Taken instead of asking the server for it. */
  readonly info?: Info | undefined;
  readonly timestamp?: Timestamp | undefined;
}

export interface OpenedGraph {
  readonly graph: Graph;
  /** Of the server; its `data_dir` says where the supervoxels are. */
  readonly info: Info;
  /** Where the supervoxels are. */
  readonly place: CloudPath;
}

/**
 * @throws UnsupportedFormatError for another form of address, AuthenticationError without a token, InfoUnavailableError,
 * InfoError, UnsupportedGrapheneAPIVersionError, RedirectError for supervoxels in a less safe place than the server.
 */
export async function openGraphene(path: CloudPath, options: OpenGrapheneOptions): Promise<OpenedGraph> {
  const server = parseServer(path);
  const { network, publicOnly, signal, timestamp } = options;
  if (timestamp !== undefined) toUnixTime(timestamp);
  const credentials = await tokensOf(path, options);
  const service = httpService(server.origin, { ...network, credentials, publicOnly });
  const where = service.url(infoPath(server));
  const info =
    options.info === undefined
      ? ((await fetchGrapheneInfo(server, service, { signal })) as Info)
      : verifyInfo(options.info, where);
  const graph = new Graph({ server, service, info: parseGrapheneInfo(info, where) });
  // The document is the server's, and may name places that whoever chose the server cannot reach.
  if (!(await isPrivateOrigin(path))) checkRedirect(path.location, graph.dataDir);
  const place = await parseUserPath(graph.dataDir, options);
  if (place.format === "precomputed") return { graph, info, place };
  throw new UnsupportedFormatError("The supervoxels of a graph are a Precomputed volume", {
    where,
    got: place.format,
  });
}

/** A token, which there has to be. CloudVolume refuses what is neither hexadecimal nor base64 before it is sent. */
async function tokensOf(
  path: CloudPath,
  options: OpenGrapheneOptions,
): Promise<CredentialProvider<WebCredentials> | undefined> {
  if (options.bucket?.anonymous === true) return undefined;
  const auth = await credentialsOf(path, options);
  const chain = auth.service === "web" ? auth.chain : undefined;
  const found = await chain?.get(options);
  if (chain === undefined || found === undefined)
    throw new AuthenticationError("There is no token for the graph server", {
      where: path.location,
      expected: "cave-secret.json, or the one of this host, in ~/.cloudvolume/secrets",
      fix: "Pass secrets: { token }, or bucket: { anonymous: true } for a server that wants none. `cloudvolume auth PATH` tells where was looked.",
    });
  if (/^Bearer (?:[\da-f]+|[A-Za-z\d+/]+={0,2})$/.test(found.authorization)) return chain;
  throw new AuthenticationError("A token has the wrong form", {
    where: found.source ?? "the secrets option",
    expected: "hexadecimal or base64 text",
  });
}
