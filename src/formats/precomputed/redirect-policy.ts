/** Where a `redirect` in an info file may lead. The file is written by strangers. */
import { RedirectError } from "../../base/errors.js";
import { isPrivateHost } from "../../stores/private-host.js";

/** How far a place can be trusted to stay what it is: this computer, anyone's network, an encrypted one. */
type Reach = "local" | "plain" | "secure";

const OTHER_FORMATS = /^(graphene|zarr[23]?|n5|boss|brainmaps|deepzoom|nggraph|render|vtk|nifti|dvid):\/\//i;
const RANK: Readonly<Record<Reach, number>> = { local: 0, plain: 1, secure: 2 };

/** A cloud path without what does not matter for comparing: the format word, a pipe suffix, slashes at the end. */
export function canonicalPath(cloudpath: string): string {
  const bare = cloudpath
    .trim()
    .replace(/^precomputed:\/\//i, "")
    .replace(/\|neuroglancer-precomputed:?\/*$/i, "");
  return bare.replace(/(?<=[^/:])\/+$/, "");
}

/**
 * Refuses a step to a less safe place: from encrypted storage (https, gs, s3) to http, from the network to this
 * computer's files or memory, and from a public host to a private address (loopback, link-local, private
 * ranges). Names that resolve to such addresses are the http store's to refuse.
 * @throws RedirectError.
 */
export function checkRedirect(from: string, to: string): void {
  const target = canonicalPath(to);
  if (OTHER_FORMATS.test(target)) refuse("The redirect leads to another format", from, to);
  const source = canonicalPath(from);
  const reach = reachOf(target);
  if (RANK[reach] < RANK[reachOf(source)]) refuse("The redirect leads to a less safe place", from, to);
  if (reach === "local" || reachOf(source) === "local") return;
  const [there, here] = [hostOf(target), hostOf(source)];
  if (there !== undefined && isPrivateHost(there) && (here === undefined || !isPrivateHost(here))) {
    refuse("The redirect leads into a private network", from, to);
  }
}

function refuse(what: string, from: string, to: string): never {
  throw new RedirectError(what, {
    where: from,
    got: to,
    fix: "Open the target itself if you trust it, allow unsafe redirects, or set maxRedirects to 0",
  });
}

function reachOf(cloudpath: string): Reach {
  const url = endpoint(cloudpath);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "file" || scheme === "mem") return "local";
  return scheme === "http" || scheme.endsWith("+http") ? "plain" : "secure";
}

/** `s3://http://host/bucket` and `middleauth+https://host` by the server that is really asked. */
function endpoint(cloudpath: string): string {
  return cloudpath.replace(/^[a-z0-9]+:\/\/(?=https?:\/\/)/i, "").replace(/^(?:middleauth|ngauth)\+/i, "");
}

/** The host of an http(s) path, addresses in their usual form; gs://, s3:// and aliases have none. */
function hostOf(cloudpath: string): string | undefined {
  const url = endpoint(cloudpath);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/\.$/, "");
}
