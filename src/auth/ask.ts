/** Requests for credentials: few, small, tried again when that may help. */
import { AuthenticationError, describe, StorageError } from "../base/errors.js";
import { retry, transient } from "../stores/retry.js";
import { parseFields, type SecretFields } from "./secrets.js";
import type { AuthAnswer, AuthRequest, AuthSurroundings } from "./surroundings.js";

const POLICY = { tries: 3, firstWait: 200, longestWait: 2000, deadline: 20_000 };

/**
 * Asks a server that gives credentials. Answers of 429 and 5xx, and failures of the connection, are tried again.
 * @throws StorageError if there is no answer; AuthenticationError for a refusal (with the server's own error word).
 */
export async function ask({ request }: AuthSurroundings, asked: AuthRequest): Promise<string> {
  const where = shown(asked.url);
  const answer = await retry(
    async (): Promise<AuthAnswer> => {
      let got: AuthAnswer;
      try {
        got = await request(asked);
      } catch (error) {
        throw transient(
          new StorageError("A server that gives credentials does not answer", {
            where,
            got: describe(error),
          }),
        );
      }
      if (got.status === 429 || got.status >= 500)
        throw transient(
          new StorageError("A server that gives credentials failed", { where, got: `HTTP ${got.status}` }),
        );
      return got;
    },
    { policy: POLICY },
  );
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  throw new AuthenticationError("A server gave no credentials", {
    where,
    got: `HTTP ${answer.status}${errorWord(answer.text)}`,
  });
}

/** The same, of a JSON object. */
export async function askFields(surroundings: AuthSurroundings, asked: AuthRequest): Promise<SecretFields> {
  return parseFields(await ask(surroundings, asked), shown(asked.url));
}

/** Addresses without user and query. */
export function shown(url: string): string {
  if (!URL.canParse(url)) return "an address that is none";
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** The code in an error's body (`invalid_grant`, `AccessDenied`): one plain word, as the rest may quote what was sent. */
function errorWord(text: string): string {
  const [, json, xml] = /"error"\s*:\s*"([A-Za-z_]{3,40})"|<Code>([A-Za-z.]{3,60})<\/Code>/.exec(text) ?? [];
  const word = json ?? xml;
  return word === undefined ? "" : ` ${word}`;
}
