import { ArgumentError } from "../../base/errors.js";
import type { ScaleInfo } from "./info.js";

interface Setting {
  readonly field: string;
  readonly min: number;
  readonly max: number;
}

/** The scale fields that CloudVolume reads its compression settings from. */
const LEVELS: Readonly<Record<string, Setting>> = {
  jpeg: { field: "jpeg_quality", min: 0, max: 100 },
  jxl: { field: "jxl_quality", min: 0, max: 100 },
  png: { field: "png_level", min: 0, max: 9 },
  fpzip: { field: "fpzip_precision", min: 0, max: 64 },
};
const EFFORTS: Readonly<Record<string, Setting>> = {
  jxl: { field: "jxl_effort", min: 1, max: 10 },
};

export interface EncodingSettings {
  /** jpeg and jxl quality (jxl 100 is lossless), png level, fpzip precision. */
  readonly encodingLevel?: number | undefined;
  /** jxl effort, 1 to 10. */
  readonly encodingEffort?: number | undefined;
}

/**
 * Writes the settings into the fields of the scale's encoding.
 * @throws ArgumentError if the encoding has no such setting, or not that value.
 */
export function setEncodingLevel(
  scale: ScaleInfo,
  { encodingLevel, encodingEffort }: EncodingSettings,
): void {
  set(scale, LEVELS, "encodingLevel", encodingLevel);
  set(scale, EFFORTS, "encodingEffort", encodingEffort);
}

function set(
  scale: ScaleInfo,
  settings: Readonly<Record<string, Setting>>,
  where: string,
  value: number | undefined,
): void {
  if (value === undefined) return;
  const setting = Object.hasOwn(settings, scale.encoding) ? settings[scale.encoding] : undefined;
  if (setting === undefined) {
    throw new ArgumentError("The encoding has no such setting", {
      where,
      expected: Object.keys(settings).join(", "),
      got: scale.encoding,
    });
  }
  if (!Number.isInteger(value) || value < setting.min || value > setting.max) {
    throw new ArgumentError(`Not a ${setting.field}`, {
      where,
      expected: `an integer from ${setting.min} to ${setting.max}`,
      got: String(value),
    });
  }
  scale[setting.field] = value;
}
