import type * as Zlib from "node:zlib";

export type ZlibModule = typeof Zlib;

let module: ZlibModule | undefined;

/** Node's zlib, loaded at its first use and without a promise; undefined where there is none (browsers). */
export function nodeZlib(): ZlibModule | undefined {
  module ??= globalThis.process?.getBuiltinModule?.("node:zlib");
  return module;
}
