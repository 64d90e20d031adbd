import { EncodingError } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";
import type { JxlSettings } from "./engine.js";

const QUALITY = 85;
const EFFORT = 5;
const DECODING_SPEED = 0;

/**
 * The scale's `jxl_quality` (85; 100 or more: lossless), `jxl_effort` (5) and `jxl_decodingspeed` (0), the last two
 * brought into their ranges, 1 to 9 and 0 to 4, as CloudVolume's encoder does. @throws EncodingError.
 */
export function jxlSettings(spec: ChunkSpec): JxlSettings {
  const quality = numberOf(spec, "jxl_quality", QUALITY);
  if (quality < 0)
    throw new EncodingError("Invalid jxl_quality", { expected: "0 or more", got: String(quality) });
  const effort = Math.round(numberOf(spec, "jxl_effort", EFFORT));
  const speed = Math.round(numberOf(spec, "jxl_decodingspeed", DECODING_SPEED));
  return {
    distance: distanceOf(quality),
    effort: Math.min(Math.max(effort, 1), 9),
    decodingSpeed: Math.min(Math.max(speed, 0), 4),
  };
}

/** libjxl's own scale: about the look of a JPEG file of that quality. */
function distanceOf(quality: number): number {
  if (quality >= 100) return 0;
  if (quality >= 30) return 0.1 + (100 - quality) * 0.09;
  return (53 / 3000) * quality ** 2 - (23 / 20) * quality + 25;
}

function numberOf(spec: ChunkSpec, name: string, preset: number): number {
  const value = spec.params?.[name] ?? preset;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new EncodingError(`Invalid ${name}`, { expected: "a number", got: JSON.stringify(value) });
}
