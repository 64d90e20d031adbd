import type { Command } from "commander";
import type { CloudVolume, ScaleInfo } from "../../../src/node.js";
import { bytesPerVoxel, Vec } from "../../../src/node.js";
import type { CommandContext } from "../context.js";
import { style } from "../style.js";
import { subcommand } from "../subcommand.js";
import { bytes, type Column, count, json, table } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "info", {
    description: "Shows what a layer is: type, data type, levels, meshes, skeletons.",
    examples: ["info file:///data/em/image", "info https://example.org/em/segmentation --json"],
  })
    .argument("<path>", "the layer")
    .option("--json", "print one JSON document");
  return addVolumeOptions(command, []).action(
    async (path: string, options: VolumeOptions & { json?: boolean }) => {
      const vol = await openVolume(path, options, context);
      context.print(options.json ? json(describeLayer(vol)) : layerText(vol, path));
    },
  );
}

/** The document of `info --json`. */
export function describeLayer(vol: CloudVolume): unknown {
  return {
    format: vol.path.format,
    layerType: vol.layerType,
    dataType: vol.dataType,
    numChannels: vol.numChannels,
    scales: vol.scales.map((scale, mip) => ({
      key: scale.key,
      size: scale.size,
      voxelOffset: scale.voxel_offset ?? [0, 0, 0],
      resolution: scale.resolution,
      chunkSize: scale.chunk_sizes[0],
      encoding: scale.encoding,
      sharding: shardingOf(vol, mip),
    })),
    mesh: vol.info.mesh ?? null,
    skeletons: vol.info.skeletons ?? null,
  };
}

/** The sharding of an info document; of Zarr the number of chunks that a shard has room for along each stored axis. */
function shardingOf(vol: CloudVolume, mip: number): unknown {
  const { sharding } = vol.mipScale(mip);
  const shards = sharding == null ? vol.mipLayout(mip).array?.shards : undefined;
  if (shards === undefined) return sharding ?? null;
  return { "@type": "sharding_indexed", chunksPerShard: shards.perShard, indexLocation: shards.location };
}

const COLUMNS: readonly Column[] = [
  { title: "mip", align: "right" },
  { title: "key" },
  { title: "size (voxels)", align: "right" },
  { title: "offset", align: "right" },
  { title: "resolution (nm)", align: "right" },
  { title: "chunk", align: "right" },
  { title: "encoding" },
  { title: "sharded" },
  { title: "voxels", align: "right" },
  { title: "decoded", align: "right" },
];

function layerText(vol: CloudVolume, asked: string): string {
  const { bold, dim } = style(process.stdout);
  const { info, numChannels } = vol;
  const channels = `${numChannels} channel${numChannels === 1 ? "" : "s"}`;
  const lines = [bold(vol.cloudpath), `${vol.path.format} ${vol.layerType}, ${vol.dataType}, ${channels}`];
  if (vol.hasGraph) {
    const { dataDir, nLayers, supportedApiVersions } = vol.graph;
    lines.push(`graph of ${nLayers} layers, ${supportedApiVersions.join(", ")}; supervoxels in ${dataDir}`);
  } else if (vol.readonly) lines.push(`redirected from ${asked}; read-only`);
  else if (info.redirect) lines.push(`redirect: ${info.redirect}`);
  const rows = vol.scales.map((scale, mip) =>
    scaleRow(scale, mip, numChannels * bytesPerVoxel(vol.dataType), shardingOf(vol, mip) !== null),
  );
  lines.push("", table(COLUMNS, rows, dim), "");
  lines.push(`mesh: ${info.mesh ?? "none"}   skeletons: ${info.skeletons ?? "none"}`);
  const locked = vol.lockedMips();
  if (locked.length > 0) lines.push(`locked mips: ${locked.join(", ")}`);
  return lines.join("\n");
}

function scaleRow(scale: ScaleInfo, mip: number, voxelBytes: number, isSharded: boolean): string[] {
  const times = (values: readonly number[] | undefined): string => (values ?? []).join(" x ");
  const voxels = new Vec(...scale.size).rectVolume();
  return [
    String(mip),
    scale.key,
    times(scale.size),
    (scale.voxel_offset ?? [0, 0, 0]).join(","),
    times(scale.resolution),
    times(scale.chunk_sizes[0]),
    scale.encoding,
    isSharded ? "yes" : "no",
    count(voxels),
    bytes(voxels * voxelBytes),
  ];
}
