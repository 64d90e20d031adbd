/** JSON that is safe to read from strangers and that keeps the spelling of numbers. */
export {
  cloneJson,
  formatFloat,
  formatNumber,
  isFloat,
  type JsonObject,
  type JsonValue,
  literalOf,
  setOwn,
  withLiteral,
} from "./json-literals.js";
export { type ErrorClass, MAX_JSON_BYTES, type ParseJsonOptions, parseJson } from "./json-parse.js";
export { encodeJson, type StringifyJsonOptions, stringifyJson } from "./json-stringify.js";
