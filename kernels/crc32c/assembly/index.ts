// CRC-32C (Castagnoli: polynomial 0x1edc6f41, reflected), by tables and for long input by folding.
export { crc32c, prepare, tablesSize } from "./crc32c";
