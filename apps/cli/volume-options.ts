/** Options of every command that opens a volume. */
import { type Command, Option } from "commander";
import type { CloudVolume, MipSpec, OpenOptions, Voxel } from "../../src/node.js";
import { parseMip, parseVoxel, parseWhole } from "./argument-values.js";
import type { CommandContext } from "./context.js";
import { readSecrets } from "./secrets-file.js";

export interface VolumeOptions {
  readonly mip?: MipSpec;
  readonly fillMissing?: boolean;
  readonly background?: Voxel;
  readonly parallel?: number;
  readonly useHttps?: boolean;
  readonly secrets?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly requesterPays?: boolean;
  readonly userProject?: string;
  readonly anonymous?: boolean;
  /** `true`: in the usual place. */
  readonly cache?: boolean | string;
  readonly progress?: boolean;
}

type Name = "mip" | "fillMissing" | "background" | "parallel" | "cache" | "progress";

/**
 * Adds the options. All of them are accepted everywhere, so that scripts can pass the same ones to every command;
 * help lists those in `useful`, which change what the command does.
 */
export function addVolumeOptions(command: Command, useful: readonly Name[]): Command {
  command.optionsGroup("Volume options:");
  const add = (name: Name | undefined, option: Option): void => {
    if (name !== undefined && !useful.includes(name)) option.hideHelp();
    command.addOption(option);
  };
  add(
    "mip",
    new Option(
      "--mip <level>",
      "a level: its number (0: the finest) or its resolution, e.g. 8,8,40",
    ).argParser(parseMip),
  );
  add("fillMissing", new Option("--fill-missing", "take chunks that are not stored as background"));
  add(
    "background",
    new Option("--background <value>", "the value of what is not stored (default: 0)").argParser(parseVoxel),
  );
  add(
    "parallel",
    new Option("--parallel <threads>", "threads of large reads and writes (default: every core)").argParser(
      parseWhole(0, 1024),
    ),
  );
  add(undefined, new Option("--use-https", "read gs:// and s3:// by their public https addresses"));
  add(
    undefined,
    new Option("--secrets <file>", "credentials: a secrets file, or one with a token (default: see auth)"),
  );
  add(undefined, new Option("--endpoint <url>", "the server of gs:// and s3:// paths that name none"));
  add(undefined, new Option("--region <name>", "S3: the bucket's region"));
  add(undefined, new Option("--requester-pays", "S3: pay for the requests"));
  add(undefined, new Option("--user-project <id>", "Google: the project that pays for the requests"));
  add(undefined, new Option("--anonymous", "ask buckets without credentials"));
  add(
    useful.includes("cache") ? "cache" : undefined,
    new Option(
      "--cache [dir]",
      "keep chunks on the local disk, in the usual place or below a folder (--cache=DIR)",
    ),
  );
  add("progress", new Option("--progress", "show a progress bar (default: on a terminal)"));
  add("progress", new Option("--no-progress", "show no progress bar"));
  return command;
}

export async function openVolume(
  path: string,
  options: VolumeOptions,
  context: CommandContext,
  more: OpenOptions = {},
): Promise<CloudVolume> {
  const { CloudVolume } = await import("../../src/node.js");
  return await CloudVolume.open(path, { ...(await openOptions(options, context)), ...more });
}

/** The options of `CloudVolume.open` that the command line's stand for. */
export async function openOptions(options: VolumeOptions, { signal }: CommandContext): Promise<OpenOptions> {
  const { mip, fillMissing, background, parallel, useHttps, secrets, cache } = options;
  const { endpoint, region, requesterPays, userProject, anonymous } = options;
  return {
    ...(mip === undefined ? {} : { mip }),
    ...(fillMissing === undefined ? {} : { fillMissing }),
    ...(background === undefined ? {} : { backgroundColor: background }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(useHttps === undefined ? {} : { useHttps }),
    ...(secrets === undefined ? {} : { secrets: await readSecrets(secrets) }),
    bucket: { endpoint, region, requesterPays, userProject, anonymous },
    ...(cache === undefined ? {} : { cache }),
    signal,
  };
}
