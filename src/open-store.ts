/** The stores of this entry, and who asks them. */
import type { AuthOptions } from "./auth/index.js";
import { credentialsOf } from "./credentials.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import type { NetworkOptions } from "./stores/network.js";
import { openStore as openRegistered, type StoreFactory, type StoreRegistry } from "./stores/registry.js";
import type { Store } from "./stores/store.js";
import type { Transport } from "./stores/url-words.js";

/** How buckets are asked, where the path does not tell. */
export interface BucketOptions {
  /**
   * The server of `gs://` and `s3://` paths that name none: `https://host[:port]`. Default: Google's and Amazon's own, or
   * what `STORAGE_EMULATOR_HOST`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` say.
   */
  readonly endpoint?: string | undefined;
  /** S3: the bucket's region. Default: that of the credentials, else us-east-1; on AWS the bucket's own is found out. */
  readonly region?: string | undefined;
  /** S3: whether the bucket stands in the path or in the host name. Default: host name on AWS, path elsewhere. */
  readonly addressing?: "path" | "virtual" | undefined;
  /** S3: pay for requests to buckets whose owners do not. */
  readonly requesterPays?: boolean | undefined;
  /** Google: the project that pays for requests. */
  readonly userProject?: string | undefined;
  /** S3: access of what is written, e.g. `bucket-owner-full-control`. Default: none is sent. */
  readonly acl?: string | undefined;
  /** Ask without credentials, whatever there are on this machine. */
  readonly anonymous?: boolean | undefined;
  /** Accept writes of info files on S3 servers that do not keep to conditions: others' changes may be lost. */
  readonly unsafe?: boolean | undefined;
}

export interface StoreOptions extends AuthOptions, AliasOptions {
  readonly bucket?: BucketOptions | undefined;
  readonly network?: NetworkOptions | undefined;
  /** Only a server with a public address may be asked: for paths that strangers chose. */
  readonly publicOnly?: boolean | undefined;
}

const openHttp: StoreFactory<StoreOptions> = async (path, options) => {
  const [{ httpStore }, auth] = await Promise.all([
    import("./stores/http/index.js"),
    credentialsOf(path, options),
  ]);
  // Not the location: its word may be an alias, or `middleauth+https`.
  const base = `${path.transport}://${path.bucket}${path.path === "" ? "" : `/${path.path}`}`;
  const credentials = auth.service === "web" ? auth.chain : undefined;
  return httpStore(base, { ...options.network, credentials, publicOnly: options.publicOnly });
};

const openS3: StoreFactory<StoreOptions> = async (path, options) => {
  const { anonymous, endpoint, region, addressing, requesterPays, acl, unsafe } = options.bucket ?? {};
  const [{ s3Store }, { platformTransport }, auth] = await Promise.all([
    import("./stores/s3/index.js"),
    import("./stores/http/platform.js"),
    credentialsOf(path, options),
  ]);
  const isCareful = options.publicOnly === true && path.host !== undefined;
  const env = globalThis.process?.env ?? {};
  const server = endpoint ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined);
  return s3Store({
    ...options.network,
    bucket: path.bucket,
    path: path.path,
    location: path.location,
    transport: isCareful ? platformTransport({ publicOnly: true }) : undefined,
    endpoint: path.host ?? server,
    credentials: anonymous !== true && auth.service === "aws" ? auth.chain : undefined,
    region,
    addressing,
    requesterPays,
    acl,
    unsafe,
  });
};

const openGs: StoreFactory<StoreOptions> = async (path, options) => {
  const { anonymous, endpoint, userProject } = options.bucket ?? {};
  const [{ gsStore }, auth] = await Promise.all([
    import("./stores/gs/index.js"),
    credentialsOf(path, options),
  ]);
  const emulator = globalThis.process?.env.STORAGE_EMULATOR_HOST || undefined;
  return gsStore({
    ...options.network,
    bucket: path.bucket,
    path: path.path,
    endpoint:
      endpoint ?? (emulator === undefined || emulator.includes("://") ? emulator : `http://${emulator}`),
    credentials: anonymous !== true && auth.service === "google" ? auth.chain : undefined,
    userProject,
  });
};

const stores: StoreRegistry<StoreOptions> = new Map<Transport, StoreFactory<StoreOptions>>([
  ["file", ({ path }) => fileStore(path)],
  ["mem", ({ location }) => memStore(location)],
  ["http", openHttp],
  ["https", openHttp],
  ["gs", openGs],
  ["s3", openS3],
]);

/** Opens the store of a layer. @throws UnsupportedProtocolError. */
export async function openStore(cloudpath: string, options: StoreOptions = {}): Promise<Store> {
  const path = await parseUserPath(cloudpath, options);
  if (path.format === "boss") return await (await import("./open-boss.js")).openBossStore(path, options);
  return await openRegistered(stores, path, options);
}

/** Who logs in at a database: CloudVolume's `mysql-secret.json` and `psql-secret.json`. @throws AuthenticationError. */
export async function databaseUsers(
  service: "mysql" | "psql",
  host: string,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const [{ databaseUser }, { nodeSurroundings }] = await Promise.all([
    import("./auth/database.js"),
    import("./auth/surroundings.node.js"),
  ]);
  const found = await databaseUser(nodeSurroundings(), service, host);
  return "credential" in found ? found.credential : undefined;
}
