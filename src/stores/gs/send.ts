/** Requests of Google's JSON API: with the token that the provider gives, and once more with a newer one. */
import type { BearerCredentials, CredentialProvider } from "../credentials.js";
import { REFUSAL_BYTES } from "../http/object-reader.js";
import type { HttpAnswer, HttpHead, HttpRequest, Reception, Transport } from "../http/transport.js";

export interface GoogleRequest {
  readonly method: HttpRequest["method"];
  /** Behind the endpoint, escaped: `/storage/v1/b/…`; or the address of an upload that Google gave. */
  readonly path: string | URL;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: up to 16 MiB, as lists are. */
  readonly receive?: HttpRequest["receive"] | undefined;
}

export type Send = (request: GoogleRequest) => Promise<HttpAnswer>;

const LIST_BYTES = 16 << 20;
const answerOf = ({ status }: HttpHead): Reception =>
  status < 300 ? { limit: LIST_BYTES, strict: true } : { limit: REFUSAL_BYTES, strict: false };

export function sender(
  transport: Transport,
  endpoint: string,
  credentials: CredentialProvider<BearerCredentials>,
  userProject: string | undefined,
): Send {
  async function once(request: GoogleRequest, bearer: BearerCredentials | undefined): Promise<HttpAnswer> {
    const { method, path, query, headers, body, signal, receive = answerOf } = request;
    // The address of an upload is its own key.
    const isUpload = path instanceof URL;
    const url = isUpload ? path : new URL(endpoint + path);
    const all: Readonly<Record<string, string | undefined>> = isUpload ? {} : { ...query, userProject };
    for (const [name, value] of Object.entries(all))
      if (typeof value === "string") url.searchParams.set(name, value);
    const answer = await transport.send({
      method,
      url,
      headers: {
        "user-agent": "cloudvolume",
        ...(bearer === undefined || isUpload ? {} : { authorization: `Bearer ${bearer.token}` }),
        ...headers,
      },
      signal,
      receive,
      ...(body === undefined ? {} : { body }),
    });
    return bearer === undefined || answer.status < 400 ? answer : withoutToken(answer, bearer);
  }

  return async (request) => {
    const { signal } = request;
    const bearer = await credentials.get({ signal });
    const answer = await once(request, bearer);
    if (answer.status !== 401 || bearer === undefined) return answer;
    const newer = await credentials.refresh(bearer, { signal });
    return newer === undefined ? answer : await once(request, newer);
  };
}

/** A refusal that says what it was asked by becomes part of an error: the token is taken out of it. */
function withoutToken(answer: HttpAnswer, { token }: BearerCredentials): HttpAnswer {
  const text = new TextDecoder().decode(answer.body);
  return text.includes(token)
    ? { ...answer, body: new TextEncoder().encode(text.replaceAll(token, "…")) }
    : answer;
}
