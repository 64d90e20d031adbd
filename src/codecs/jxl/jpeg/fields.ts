/** A bundle of fields is described once; reading and writing follow the description. */
import type { BitWriter } from "../bit-writer.js";
import type { BitReader, Choice } from "../bits.js";

type Choices = readonly [Choice, Choice, Choice, Choice];

/** Each takes the value to write, and gives the value that is there: read, or just written. */
export interface Fields {
  u(bits: number, value: number | undefined): number;
  bool(value: boolean | undefined): boolean;
  u32(choices: Choices, value: number | undefined): number;
}

export function reading(bits: BitReader): Fields {
  return {
    u: (n) => bits.u(n),
    bool: () => bits.bool(),
    u32: (choices) => bits.u32(...choices),
  };
}

export function writing(bits: BitWriter): Fields {
  return {
    u(n, value = 0) {
      bits.u(n, value);
      return value;
    },
    bool(value = false) {
      bits.bool(value);
      return value;
    },
    u32(choices, value = 0) {
      bits.u32(value, choices);
      return value;
    },
  };
}
