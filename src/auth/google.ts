/** Where credentials for Google Cloud Storage may be. Order: CloudVolume's, then Google's "application default". */
import { AuthenticationError } from "../base/errors.js";
import type { BearerCredentials } from "../stores/credentials.js";
import type { Absent, Found, Source } from "./chain.js";
import { findFile, readSecret } from "./files.js";
import { googleToken, metadataToken } from "./google-token.js";
import { parseIni } from "./ini.js";
import { parseFields, parseSecrets, type Secrets } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

/** Google's own name for its metadata server, as its libraries call it. */
const METADATA_HOST = "metadata.google.internal";

export function googleSources(
  surroundings: AuthSurroundings,
  bucket: string,
  secrets: Secrets | undefined,
): Source<BearerCredentials>[] {
  if (secrets !== undefined) {
    const where = "the secrets option";
    return [{ name: where, look: () => googleToken(surroundings, parseSecrets(secrets, where), where) }];
  }
  const { env } = surroundings;
  return [
    { name: "the secrets option", look: async () => ({ absent: "not given" }) },
    {
      name: "secret files",
      look: async () => {
        const found = await findFile(surroundings, "google", [bucket]);
        return "absent" in found ? found : await googleToken(surroundings, found.fields, found.path);
      },
    },
    {
      name: "GOOGLE_APPLICATION_CREDENTIALS",
      look: async () => {
        const path = env.GOOGLE_APPLICATION_CREDENTIALS;
        if (!path) return { absent: "not set" };
        const found = await tokenOfFile(surroundings, path);
        if (found !== undefined) return found;
        throw new AuthenticationError("GOOGLE_APPLICATION_CREDENTIALS names no file", { where: path });
      },
    },
    { name: "gcloud's files", look: () => gcloud(surroundings) },
    { name: "the metadata server", look: () => metadata(surroundings) },
  ];
}

async function tokenOfFile(
  surroundings: AuthSurroundings,
  path: string,
): Promise<Found<BearerCredentials> | undefined> {
  const text = await readSecret(surroundings, path);
  return text === undefined ? undefined : await googleToken(surroundings, parseFields(text, path), path);
}

/** What `gcloud auth application-default login` and `gcloud auth login` leave behind. */
async function gcloud(surroundings: AuthSurroundings): Promise<Found<BearerCredentials> | Absent> {
  const { env, home } = surroundings;
  const windows = env.APPDATA === undefined ? undefined : `${env.APPDATA}/gcloud`;
  const folder =
    env.CLOUDSDK_CONFIG ?? windows ?? (home === undefined ? undefined : `${home}/.config/gcloud`);
  if (folder === undefined) return { absent: "no home folder" };
  const found = await tokenOfFile(surroundings, `${folder}/application_default_credentials.json`);
  if (found !== undefined) return found;
  const account = await activeAccount(surroundings, folder);
  const legacy =
    account && (await tokenOfFile(surroundings, `${folder}/legacy_credentials/${account}/adc.json`));
  return (
    legacy || {
      absent: `no application_default_credentials.json in ${folder}, and no account that is logged in`,
    }
  );
}

async function activeAccount(
  { readFile, env }: AuthSurroundings,
  folder: string,
): Promise<string | undefined> {
  if (env.CLOUDSDK_CORE_ACCOUNT) return plainName(env.CLOUDSDK_CORE_ACCOUNT);
  const active = (await readFile(`${folder}/active_config`))?.text.trim();
  const name = plainName(env.CLOUDSDK_ACTIVE_CONFIG_NAME ?? active) ?? "default";
  const config = await readFile(`${folder}/configurations/config_${name}`);
  return plainName(config && parseIni(config.text).get("core")?.get("account"));
}

function plainName(name: string | undefined): string | undefined {
  return name !== undefined && /^[^/\\\0]+$/.test(name) && !/^\.+$/.test(name) ? name : undefined;
}

async function metadata(surroundings: AuthSurroundings): Promise<Found<BearerCredentials> | Absent> {
  const { env } = surroundings;
  if (/^(true|1)$/i.test(env.NO_GCE_CHECK ?? "")) return { absent: "switched off by NO_GCE_CHECK" };
  const host = env.GCE_METADATA_HOST ?? env.GCE_METADATA_ROOT;
  if (host) return await metadataToken(surroundings, host);
  // Elsewhere the address leads to nobody, or to another cloud's server: it is not asked.
  if ((await surroundings.machine()) !== "google")
    return { absent: "this is no machine of Google's, and GCE_METADATA_HOST is not set" };
  return await metadataToken(surroundings, METADATA_HOST);
}
