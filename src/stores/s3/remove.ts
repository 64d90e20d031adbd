import { StorageError } from "../../base/errors.js";
import { checksum } from "../checksums.js";
import { type RetryOptions, retry } from "../retry.js";
import type { Send } from "./send.js";
import { checkAnswer } from "./upload.js";
import { checksumHeaders } from "./verify.js";
import { elements, escapeXml, textOf } from "./xml.js";

/** Objects of one request. */
const BATCH = 1000;

/** Removes an object; no error if there is none. */
export async function removeOne(
  send: Send,
  path: string,
  where: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await send({ method: "DELETE", path, signal });
  if (answer.status !== 404) checkAnswer(answer, where);
}

/** Removes objects, a thousand a request. What XML cannot name goes one by one. @throws the first failure, after all were tried. */
export async function removeMany(
  send: Send,
  paths: readonly string[],
  where: string,
  options: RetryOptions,
): Promise<void> {
  const { signal } = options;
  const named = paths.filter((path) => escapeXml(path) !== undefined);
  const unnamed = paths.filter((path) => escapeXml(path) === undefined);
  const failures: unknown[] = [];
  const note = async (work: () => Promise<void>): Promise<void> => {
    try {
      await retry(work, options);
    } catch (error) {
      if (signal?.aborted) throw error;
      failures.push(error);
    }
  };
  for (let at = 0; at < named.length; at += BATCH)
    await note(() => removeBatch(send, named.slice(at, at + BATCH), where, signal));
  for (const path of unnamed) await note(() => removeOne(send, path, where, signal));
  if (failures.length > 0) throw failures[0];
}

async function removeBatch(
  send: Send,
  paths: readonly string[],
  where: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const list = paths.map((path) => `<Object><Key>${escapeXml(path)}</Key></Object>`).join("");
  const text = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${list}</Delete>`;
  const body = new TextEncoder().encode(text);
  const headers = {
    "content-type": "application/xml",
    "content-md5": checksum("md5", body),
    ...checksumHeaders(body),
  };
  const answer = await send({ method: "POST", path: "", query: { delete: "" }, headers, body, signal });
  const xml = new TextDecoder().decode(checkAnswer(answer, where).body);
  const refused = elements(xml, "Error").filter((entry) => textOf(entry, "Code") !== "NoSuchKey");
  const [first] = refused;
  if (first === undefined) return;
  throw new StorageError(`${refused.length} of ${paths.length} objects were not removed`, {
    where,
    got: `${textOf(first, "Code")} for ${textOf(first, "Key")}: ${textOf(first, "Message")}`,
  });
}
