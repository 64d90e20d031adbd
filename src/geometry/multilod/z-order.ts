/** The order of cells along a Z curve, x fastest. Source: neuroglancer `zorder.ts`, after T. Chan, "Closest-point problems simplified on the RAM". */
export function compareZ(a: readonly number[], b: readonly number[]): number {
  let axis = 2;
  for (const other of [1, 0]) if (lowerBit(differ(a, b, axis), differ(a, b, other))) axis = other;
  return a[axis]! - b[axis]!;
}

function differ(a: readonly number[], b: readonly number[], axis: number): number {
  return (a[axis]! ^ b[axis]!) >>> 0;
}

/** Whether the highest bit of x is lower than that of y. */
function lowerBit(x: number, y: number): boolean {
  return Math.clz32(x) > Math.clz32(y);
}
