/** Sends what `formats/graphene` plans. */
import type { Abortable } from "../../base/abort.js";
import { DecodingError, MissingError } from "../../base/errors.js";
import { compress } from "../../compression/index.js";
import type { Planned } from "../../formats/graphene/graph-requests.js";
import { type GraphRequest, queryText } from "../../formats/graphene/request.js";
import type { HttpService } from "../../stores/http/service.js";

/** The bytes of an answer; undefined for what the server does not have. @throws DecodingError for a web page. */
export async function askBytes(
  service: HttpService,
  { method, path, query, body, gzip, limit }: GraphRequest,
  { signal }: Abortable = {},
): Promise<Uint8Array | undefined> {
  const packed = gzip === true && body !== undefined;
  const answer = await service.ask(
    {
      method,
      path,
      query: queryText(query),
      limit,
      body: packed ? await compress("gzip", body, { signal }) : body,
      headers: {
        ...(gzip === false ? { "accept-encoding": "identity" } : {}),
        ...(packed ? { "content-encoding": "gzip" } : {}),
      },
    },
    { signal },
  );
  if (answer?.type === "text/html")
    throw new DecodingError("A graph server answered with a web page", {
      where: service.url(path),
      fix: "Look at it in a browser: it may ask to log in, or to agree to terms. `cloudvolume auth PATH` tells which token is sent.",
    });
  return answer?.bytes;
}

/** What an answer says. @throws MissingError for what the server does not have, DecodingError, and what the service throws. */
export async function ask<T>(
  service: HttpService,
  { request, parse }: Planned<T>,
  options: Abortable = {},
): Promise<T> {
  const where = service.url(request.path);
  const bytes = await askBytes(service, request, options);
  if (bytes !== undefined) return parse(bytes, where);
  throw new MissingError("A graph server does not have what it was asked for", {
    where,
    fix: "Check the dataset's name, and that the label exists in it.",
  });
}
