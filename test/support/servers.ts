/** The real servers of test/servers/real.ts, for as long as a test file runs. */
import { afterAll } from "vitest";
import { isInstalled, launchServer, type RealServer, type ServerName } from "../servers/real.js";
import { leaveOut } from "./left-out.js";

export { KEYS, type RealServer, type ServerName } from "../servers/real.js";

/** They are started in hooks, where no further hook can be added. */
const running: RealServer[] = [];
afterAll(async () => {
  await Promise.all(running.splice(0).map((server) => server.end()));
});

/** Whether a server can be started. Where CI is, all have to be: there is no leaving out. */
export function haveServer(name: ServerName, what: string): boolean {
  if (isInstalled(name)) return true;
  if (process.env.CI !== undefined) throw new Error(`${name} is not installed (scripts/servers.sh)`);
  leaveOut(what, `no ${name} (run scripts/servers.sh)`);
  return false;
}

/** Starts a server on a free port of this machine only. It ends with the test file. */
export async function startServer(name: ServerName): Promise<RealServer> {
  const server = await launchServer(name);
  running.push(server);
  return server;
}
