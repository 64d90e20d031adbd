/** Keys of a channel's store as addresses of the BOSS REST API. */
import { ArgumentError, OutOfBoundsError } from "../../base/errors.js";

/** The names of a channel, and the service that has it: `https://HOST[:PORT]`. */
export interface BossPlace {
  readonly host: string;
  readonly collection: string;
  readonly experiment: string;
  readonly channel: string;
}

/** `cutout`: voxels, whatever box is asked for; `document`: JSON. */
export interface Route {
  readonly kind: "cutout" | "document";
  /** Behind the host. */
  readonly path: string;
}

/** The only version of the API. */
const API = "/v1";
const CUTOUT = /^cutout\/(\d+)(?:@t(\d+))?\/(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)$/;

/**
 * `channel`, `experiment`, `downsample`, `coord/NAME`: documents. `cutout/RESOLUTION[@tTIME]/x0-x1_y0-y1_z0-z1`: voxels.
 * @throws ArgumentError for any other key, OutOfBoundsError for a box that the service cannot be asked for.
 */
export function routeOf(place: BossPlace, key: string): Route {
  const [collection, experiment, channel] = [place.collection, place.experiment, place.channel].map(
    encodeURIComponent,
  ) as [string, string, string];
  const names = `${collection}/${experiment}/${channel}`;
  const resource = `${API}/collection/${collection}/experiment/${experiment}`;
  const box = CUTOUT.exec(key);
  if (box !== null) return { kind: "cutout", path: `${API}/cutout/${names}/${ranges(box.slice(1), key)}` };
  if (key === "channel") return { kind: "document", path: `${resource}/channel/${channel}` };
  if (key === "experiment") return { kind: "document", path: resource };
  if (key === "downsample") return { kind: "document", path: `${API}/downsample/${names}/` };
  const frame = /^coord\/([\w-]+)$/.exec(key)?.[1];
  if (frame !== undefined) return { kind: "document", path: `${API}/coord/${frame}` };
  throw new ArgumentError("A channel of BOSS has no such object", {
    where: key,
    expected: "channel, experiment, downsample, coord/NAME, cutout/RESOLUTION/BOX",
  });
}

/** For messages: of keys that lead nowhere, too. */
export function shownPath(place: BossPlace, key: string): string {
  const { collection, experiment, channel } = place;
  try {
    return routeOf(place, key).path;
  } catch {
    return `/${[collection, experiment, channel, key].filter((part) => part !== "").join("/")}`;
  }
}

/** Where voxels of a cut-out are set to zero. */
export function blackRoute({ path }: Route): string {
  return path.replace(`${API}/cutout/`, `${API}/cutout/to_black/`);
}

function ranges([resolution, time, ...numbers]: (string | undefined)[], key: string): string {
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0, z0 = 0, z1 = 0] = numbers.map(Number);
  if (Math.min(x0, y0, z0) < 0)
    throw new OutOfBoundsError("BOSS cannot be asked for negative coordinates", { where: key });
  const box = `${x0}:${x1}/${y0}:${y1}/${z0}:${z1}/`;
  return `${resolution}/${box}${time === undefined ? "" : `${time}:${Number(time) + 1}/`}`;
}
