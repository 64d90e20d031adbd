import type { Command } from "commander";
import { Bbox, type Box6, type Fault } from "../../../src/node.js";
import { parseBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openOptions, type VolumeOptions } from "../volume-options.js";

/** Faults that `--json` lists; all are counted. */
const MOST_LISTED = 1_000_000;

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "verify", {
    description:
      "Checks a layer: that every chunk, shard index, mesh and skeleton is there and decodes, and that nothing lies about that " +
      "does not belong. Prints the faults; exit status 1 if there are any.",
    examples: [
      "verify file:///data/em/image",
      "verify file:///data/em/image --mip 0 --bbox 0,0,0,512,512,64 --json",
    ],
  })
    .argument("<path>", "the layer")
    .option("--bbox <box>", "only the chunks that x0,y0,z0,x1,y1,z1 touches, of --mip", parseBox)
    .option("--json", 'print {"checked":n,"faults":[{"key","kind","detail"}]}');
  addVolumeOptions(command, ["mip", "fillMissing", "progress"]);
  return command.action(async (path: string, options: VolumeOptions & { json?: boolean; bbox?: Box6 }) => {
    const { CloudVolume } = await import("../../../src/node.js");
    const text = (fault: Fault): void => context.print(`${fault.kind}  ${fault.key}  ${fault.detail}`);
    const open = await openOptions(options, context);
    const result = await withProgress(options.progress, (listener) =>
      CloudVolume.verify(path, {
        ...open,
        progress: listener ?? false,
        ...(options.bbox === undefined ? {} : { bbox: Bbox.fromList(options.bbox) }),
        ...(options.json ? { mostFaults: MOST_LISTED } : { mostFaults: 0, onFault: text }),
      }),
    );
    const { checked, faults, more, skipped } = result;
    const count = faults.length + more;
    if (options.json) {
      const notes = { ...(more > 0 ? { more } : {}), ...(skipped.length > 0 ? { skipped } : {}) };
      context.print(json({ checked, faults, ...notes }));
    } else {
      for (const what of skipped) context.print(`not checked: ${what}`);
      context.print(`${checked} checked, ${count} ${count === 1 ? "fault" : "faults"}`);
    }
    if (count > 0) context.endWith(1);
  });
}
