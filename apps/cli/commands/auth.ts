import type { Command } from "commander";
import { type Explanation, explainCredentials } from "../../../src/node.js";
import type { CommandContext } from "../context.js";
import { DENIED } from "../failure.js";
import { readSecrets } from "../secrets-file.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, type VolumeOptions } from "../volume-options.js";

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "auth", {
    description:
      "Tells which credentials a path is opened with, where they come from, and why no others were taken. " +
      "Secrets are never printed. Exit status 4 if what was found cannot be used.",
    examples: ["auth gs://bucket/em/image", "auth s3://bucket/em --json"],
  })
    .argument("<path>", "the layer")
    .option("--json", 'print {"source", "kind", "tried": [{"source", "outcome"}]}');
  addVolumeOptions(command, []);
  return command.action(async (path: string, options: VolumeOptions & { json?: boolean }) => {
    const { secrets, useHttps } = options;
    const found = await explainCredentials(path, {
      ...(secrets === undefined ? {} : { secrets: await readSecrets(secrets) }),
      ...(useHttps === undefined ? {} : { useHttps }),
    });
    context.print(options.json ? json(found) : told(found));
    if (found.problem !== undefined) context.endWith(DENIED);
  });
}

function told({ source, kind, tried }: Explanation): string {
  const lines = [source === null ? kind : `${kind}, from ${source}`];
  const width = Math.max(0, ...tried.map((place) => place.source.length));
  for (const place of tried) lines.push(`  ${place.source.padEnd(width)}  ${place.outcome}`);
  return lines.join("\n");
}
