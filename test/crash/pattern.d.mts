export function patternOf(array: Uint8Array, k: number): void;
