import { throwIfAborted } from "../../base/abort.js";
import { StorageError } from "../../base/errors.js";
import { type RetryOptions, retry } from "../retry.js";
import type { Send } from "./send.js";
import { checkAnswer } from "./upload.js";
import { elements, textOf, unescapeXml } from "./xml.js";

/** Names in the bucket that start with a prefix, in S3's order, a thousand a request. */
export async function* listNames(
  send: Send,
  prefix: string,
  where: string,
  options: RetryOptions,
): AsyncGenerator<string> {
  const { signal } = options;
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    throwIfAborted(signal);
    const query = {
      "list-type": "2",
      "encoding-type": "url",
      prefix,
      ...(token === undefined ? {} : { "continuation-token": token }),
    };
    const answer = await retry(
      async () => checkAnswer(await send({ method: "GET", path: "", query, signal }), where),
      options,
    );
    const xml = new TextDecoder().decode(answer.body);
    const decode = textOf(xml, "EncodingType") === "url" ? decodeName : (name: string): string => name;
    for (const entry of elements(xml, "Contents")) {
      throwIfAborted(signal);
      const [name] = elements(entry, "Key");
      if (name !== undefined) yield decode(unescapeXml(name));
    }
    const last = token;
    token = textOf(xml, "IsTruncated") === "true" ? textOf(xml, "NextContinuationToken") : undefined;
    if (textOf(xml, "IsTruncated") === "true" && (token === undefined || token === last))
      throw new StorageError("S3 does not tell how its list goes on", { where });
  }
}

/** Names come as in a form: a space is a plus. */
function decodeName(name: string): string {
  return decodeURIComponent(name.replaceAll("+", " "));
}
