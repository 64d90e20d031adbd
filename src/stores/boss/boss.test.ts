import { describe, expect, test } from "vitest";
import { ArgumentError, OutOfBoundsError, UnsupportedFormatError } from "../../base/errors.js";
import { fixedCredentials } from "../credentials.js";
import type { HttpAnswer, HttpRequest, Transport } from "../http/transport.js";
import { bossStore } from "./index.js";
import { blackRoute, routeOf, shownPath } from "./routes.js";

const PLACE = { host: "https://boss.lab.edu:8443", collection: "coll", experiment: "exp", channel: "em" };

describe("keys", () => {
  test.each([
    ["channel", "/v1/collection/coll/experiment/exp/channel/em"],
    ["experiment", "/v1/collection/coll/experiment/exp"],
    ["downsample", "/v1/downsample/coll/exp/em/"],
    ["coord/frame-1", "/v1/coord/frame-1"],
    ["cutout/0/0-512_512-1024_16-32", "/v1/cutout/coll/exp/em/0/0:512/512:1024/16:32/"],
    ["cutout/2@t7/0-1_2-3_4-5", "/v1/cutout/coll/exp/em/2/0:1/2:3/4:5/7:8/"],
  ])("%s", (key, path) => {
    expect(routeOf(PLACE, key)).toEqual({ kind: key.startsWith("cutout") ? "cutout" : "document", path });
    expect(shownPath(PLACE, key)).toBe(path);
  });

  test.each(["info", "", "coord/", "coord/../x", "cutout/0", "cutout/0/1-2_3-4", "cutout/x/0-1_0-1_0-1"])(
    "%j leads nowhere",
    (key) => {
      expect(() => routeOf(PLACE, key)).toThrow(ArgumentError);
      expect(shownPath(PLACE, key)).toMatch(/^\/coll\/exp\/em/);
    },
  );

  test("of negative coordinates are refused, of blanked boxes led elsewhere", () => {
    expect(() => routeOf(PLACE, "cutout/0/-3-5_0-1_0-1")).toThrow(OutOfBoundsError);
    expect(blackRoute(routeOf(PLACE, "cutout/0/0-1_2-3_4-5"))).toBe(
      "/v1/cutout/to_black/coll/exp/em/0/0:1/2:3/4:5/",
    );
    expect(routeOf({ ...PLACE, channel: "a b?" }, "experiment").path).not.toMatch(/[ ?]/);
    expect(routeOf({ ...PLACE, channel: "a b?" }, "channel").path).toMatch(/a%20b%3F$/);
  });
});

/** Requests as they are sent, and an answer to each. */
function recorded(status: (request: HttpRequest) => number): { sent: HttpRequest[]; transport: Transport } {
  const sent: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    sent.push(request);
    return { status: status(request), headers: {}, body: Uint8Array.of(1) };
  };
  return { sent, transport: { send, close: async () => {} } };
}

describe("requests", () => {
  test("carry the token, what they want, and what they bring", async () => {
    const { sent, transport } = recorded(({ method }) => (method === "POST" ? 201 : 200));
    const credentials = fixedCredentials({ authorization: "Token abc" });
    const store = bossStore(PLACE, { transport, credentials });
    await store.read("channel");
    await store.read("cutout/0/0-1_2-3_4-5");
    await store.write?.("cutout/0/0-1_2-3_4-5", Uint8Array.of(7, 8));
    await store.remove?.("cutout/0/0-1_2-3_4-5");
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET https://boss.lab.edu:8443/v1/collection/coll/experiment/exp/channel/em",
      "GET https://boss.lab.edu:8443/v1/cutout/coll/exp/em/0/0:1/2:3/4:5/?access-mode=no-cache",
      "POST https://boss.lab.edu:8443/v1/cutout/coll/exp/em/0/0:1/2:3/4:5/",
      "PUT https://boss.lab.edu:8443/v1/cutout/to_black/coll/exp/em/0/0:1/2:3/4:5/",
    ]);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(new Array(4).fill("Token abc"));
    expect(sent.map(({ headers }) => headers.accept ?? headers["content-type"])).toEqual([
      "application/json",
      ...new Array(3).fill("application/blosc"),
    ]);
    expect(sent.map(({ body }) => body?.length)).toEqual([undefined, undefined, 2, 0]);
  });

  test("are not made for what the service has not", async () => {
    const { sent, transport } = recorded(() => 200);
    const store = bossStore(PLACE, { transport });
    await expect(store.stat("cutout/0/0-1_0-1_0-1")).rejects.toThrow(UnsupportedFormatError);
    await expect(store.write?.("channel", new Uint8Array(1))).rejects.toThrow(UnsupportedFormatError);
    await expect(store.read("info")).rejects.toThrow(ArgumentError);
    expect(store.list).toBeUndefined();
    expect(sent).toEqual([]);
    expect(() => bossStore({ ...PLACE, host: "ftp://x" })).toThrow(ArgumentError);
  });
});
