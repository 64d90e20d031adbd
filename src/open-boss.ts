/** Opening channels of BOSS. */
import type { AuthOptions } from "./auth/index.js";
import type { Abortable } from "./base/abort.js";
import { credentialsOf } from "./credentials.js";
import type { BossChannel } from "./formats/boss/index.js";
import type { Info } from "./formats/precomputed/info.js";
import type { NetworkOptions } from "./stores/network.js";
import type { Store } from "./stores/store.js";
import type { CloudPath } from "./stores/url.js";
import type { BossMetadata } from "./volume/boss-metadata.js";

/** The service of paths that name none. */
const BOSSDB = "https://api.bossdb.io";

export interface BossOptions extends AuthOptions {
  /** `anonymous`: ask without a token, whatever there is on this machine. */
  readonly bucket?: { readonly anonymous?: boolean | undefined } | undefined;
  readonly network?: NetworkOptions | undefined;
  readonly publicOnly?: boolean | undefined;
}

/** The store of `boss://[https://HOST/]COLLECTION/EXPERIMENT/CHANNEL`. */
export async function openBossStore(path: CloudPath, options: BossOptions): Promise<Store> {
  const [{ bossStore }, auth] = await Promise.all([
    import("./stores/boss/index.js"),
    credentialsOf(path, options),
  ]);
  const { bucket: collection, dataset: experiment, layer: channel } = path;
  const place = { host: path.host ?? BOSSDB, collection, experiment, channel };
  const isAnonymous = options.bucket?.anonymous === true;
  const credentials = auth.service === "web" && !isAnonymous ? auth.chain : undefined;
  return bossStore(place, { ...options.network, credentials, publicOnly: options.publicOnly });
}

export interface OpenBossOptions extends Abortable {
  readonly cloudpath: string;
  /** Taken instead of the one that the channel's documents make. */
  readonly info?: Info | undefined;
}

/** @throws InfoUnavailableError, InfoError, UnsupportedFormatError, AuthorizationError. */
export async function openBossChannel(
  store: Store,
  { cloudpath, info, signal }: OpenBossOptions,
): Promise<BossMetadata> {
  const [{ BossMetadata }, { openBoss }] = await Promise.all([
    import("./volume/boss-metadata.js"),
    import("./formats/boss/index.js"),
  ]);
  const reread = (options: Abortable): Promise<BossChannel> => openBoss(store, options);
  return new BossMetadata(await reread({ signal }), { store, cloudpath, reread }, info);
}
