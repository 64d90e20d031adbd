/** In the place of following redirects ourselves: browsers do, and keep credentials from other servers. */
import type { HttpAnswer, HttpRequest, Transport } from "./transport.js";

/** Sends a request. What a server redirects to is the browser's to judge. @throws RedirectError. */
export async function sendFollowing(
  transport: Transport,
  request: HttpRequest,
  secret: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  if (request.publicOnly === true) {
    const { refusePrivate } = await import("../private-host.js");
    refusePrivate(request.url);
  }
  return await transport.send({ ...request, headers: { ...request.headers, ...secret } });
}
