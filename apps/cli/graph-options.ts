/** Options of commands that read labels: what graphene layers take besides. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { GraphOptions } from "../../src/node.js";
import { parseWhole } from "./argument-values.js";

export interface GraphCliOptions {
  readonly agglomerate?: boolean;
  readonly timestamp?: number | string;
  readonly stopLayer?: number;
}

export function addGraphOptions(command: Command): Command {
  const isAgglomerated = { agglomerate: true };
  return command
    .option("--agglomerate", "graphene: roots in place of supervoxels")
    .addOption(timestampOption().implies(isAgglomerated))
    .addOption(
      new Option("--stop-layer <layer>", "graphene: ancestors at or above this layer in place of roots")
        .argParser(parseWhole(1))
        .implies(isAgglomerated),
    );
}

export function timestampOption(): Option {
  return new Option(
    "--timestamp <time>",
    "graphene: the roots of then: seconds since 1970, or an ISO 8601 date",
  ).argParser(parseTime);
}

/** The options of reading that the command line's stand for. */
export function graphOptions({ agglomerate, timestamp, stopLayer }: GraphCliOptions): GraphOptions {
  return agglomerate === true ? { agglomerate, timestamp, stopLayer } : {};
}

function parseTime(text: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^\d{4}-?\d\d-?\d\d/.test(text)) return text;
  throw new InvalidArgumentError(
    "A time is a number of seconds since 1970, or a date such as 2024-05-01T12:00:00Z.",
  );
}
