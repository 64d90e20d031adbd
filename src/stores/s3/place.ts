/** Where a bucket's requests go: path or virtual-host style, in the bucket's region. */
import { ArgumentError } from "../../base/errors.js";
import { segmentsOf } from "../keys.js";
import { escapeSegment, queryOf } from "./sign.js";

export type Addressing = "path" | "virtual";

export interface PlaceOptions {
  readonly bucket: string;
  /** The server: `https://host[:port]`. Default: AWS, in the bucket's region. */
  readonly endpoint?: string | undefined;
  /** Whether the bucket stands in the path or in the host name. Default: host name on AWS, path elsewhere. */
  readonly addressing?: Addressing | undefined;
  /** Default us-east-1; on AWS the bucket's own is found out. */
  readonly region?: string | undefined;
}

export interface BucketPlace {
  readonly bucket: string;
  readonly isAws: boolean;
  readonly region: string;
  /** @param path in the bucket, unescaped; empty: the bucket itself. */
  url(path: string, query?: Readonly<Record<string, string>>): URL;
  /** Takes requests to another region from now on. */
  moveTo(region: string): void;
}

/** @throws ArgumentError for an endpoint that is no http or https address. */
export function bucketPlace({
  bucket,
  endpoint,
  addressing,
  region = "us-east-1",
}: PlaceOptions): BucketPlace {
  const server = endpoint === undefined ? undefined : serverOf(endpoint);
  const isAws = server === undefined || /(^|\.)amazonaws\.com(\.cn)?$/.test(server.hostname);
  // A bucket with dots has no certificate as a host name.
  const virtual = (addressing ?? (isAws && !bucket.includes(".") ? "virtual" : "path")) === "virtual";
  let current = region;
  const origin = (): string => {
    const { protocol, host } = server ?? new URL(awsServer(current));
    return `${protocol}//${virtual ? `${bucket}.` : ""}${host}`;
  };
  const above = [...segmentsOf(server?.pathname ?? ""), ...(virtual ? [] : [bucket])];
  return {
    bucket,
    isAws,
    get region() {
      return current;
    },
    url: (path, query = {}) => {
      const segments = [...above, ...(path === "" ? [] : path.split("/"))].map(escapeSegment);
      const search = Object.keys(query).length === 0 ? "" : `?${queryOf(query)}`;
      return new URL(`${origin()}/${segments.join("/")}${search}`);
    },
    moveTo: (other) => {
      current = other;
    },
  };
}

function awsServer(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function serverOf(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "")
    return url;
  throw new ArgumentError("Not the address of an S3 server", {
    expected: "http or https, without user and query",
    got: endpoint.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//…@"),
  });
}
