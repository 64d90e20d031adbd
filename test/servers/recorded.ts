/** A server that gives recorded answers, and remembers what it was asked. */
import { createServer } from "node:http";
import { listen, type TestServer } from "./static.js";

/** An answer, by the path and query that it was given to. */
export interface RecordedAnswer {
  readonly method: string;
  /** With any host. */
  readonly url: string;
  readonly status?: number | undefined;
  readonly type?: string | undefined;
  readonly body: Uint8Array;
}

export interface AskedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface RecordedServer extends Omit<TestServer, "requests"> {
  /** What was asked so far; emptied by whoever looked. */
  readonly asked: AskedRequest[];
  /** Answers from now on. */
  answers: readonly RecordedAnswer[];
}

/** An answer's query counts as far as it goes: what is asked may have more members. Without one: 404. */
export async function recordedServer(answers: readonly RecordedAnswer[] = []): Promise<RecordedServer> {
  const asked: AskedRequest[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "GET", url = "/", headers } = request;
      asked.push({ method, target: url, headers, body: new Uint8Array(Buffer.concat(pieces)) });
      const answer = made.answers.find((one) => one.method === method && fits(url, one.url));
      const { status = 200, type = "application/json", body = new Uint8Array() } = answer ?? { status: 404 };
      response.writeHead(status, { "content-type": type, "content-length": body.length }).end(body);
    });
  });
  const made: RecordedServer = Object.assign(await listen(server), { asked, answers });
  return made;
}

function fits(asked: string, recorded: string): boolean {
  const [a, r] = [new URL(asked, "http://any"), new URL(recorded)];
  return (
    a.pathname === r.pathname &&
    [...r.searchParams].every(([name, value]) => a.searchParams.get(name) === value)
  );
}
