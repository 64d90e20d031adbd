/** The options of `chunk encode` that become fields of a scale. */
import type { Command } from "commander";
import { parseNumber, parseWhole } from "../argument-values.js";

const OPTIONS = [
  ["jpeg-quality", "1 to 100 (default: 85)", "jpeg_quality", parseWhole(1, 100)],
  ["png-level", "0 (fast) to 9 (small) (default: 9)", "png_level", parseWhole(0, 9)],
  ["jxl-quality", "0 to 100, which is lossless (default: 85)", "jxl_quality", parseWhole(0, 100)],
  ["jxl-effort", "1 (fast) to 9 (small) (default: 5)", "jxl_effort", parseWhole(1, 9)],
  ["jxl-decoding-speed", "0 to 4 (fastest) (default: 0)", "jxl_decodingspeed", parseWhole(0, 4)],
  ["fpzip-precision", "bits to keep; 0: all (default: 0)", "fpzip_precision", parseWhole(0, 64)],
  ["zfpc-rate", "bits for a voxel", "zfpc_rate", parseNumber],
  ["zfpc-precision", "bit planes to keep", "zfpc_precision", parseWhole(1, 64)],
  ["zfpc-tolerance", "largest absolute error", "zfpc_tolerance", parseNumber],
] as const;

/** Adds the options to a command. */
export function addParams(command: Command): Command {
  for (const [flag, help, , parse] of OPTIONS) command.option(`--${flag} <n>`, help, parse);
  return command;
}

/** The fields that were given. */
export function paramsOf(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = OPTIONS.map(([flag, , field]) => [field, options[camelCase(flag)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
