import type { CredentialProvider } from "../credentials.js";
import type { HttpAnswer } from "./transport.js";

/**
 * Sends a request with a provider's credentials. A 401 makes it ask for newer ones, once; if there are none, or they
 * are refused too, the refusal is the answer.
 */
export async function sendAuthorized<Credentials>(
  provider: CredentialProvider<Credentials>,
  send: (credentials: Credentials | undefined) => Promise<HttpAnswer>,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const given = await provider.get({ signal });
  const answer = await send(given);
  if (answer.status !== 401 || given === undefined) return answer;
  const newer = await provider.refresh(given, { signal });
  return newer === undefined ? answer : await send(newer);
}
