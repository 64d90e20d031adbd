/** What the viewer's page and the tests use of three.js, which has no types of its own. */
declare module "three" {
  export class BufferAttribute {
    constructor(array: Float32Array | Uint32Array, itemSize: number);
    readonly array: Float32Array | Uint32Array;
    readonly count: number;
  }
  export class BufferGeometry {
    setAttribute(name: string, attribute: BufferAttribute): this;
    getAttribute(name: string): BufferAttribute;
    setIndex(index: BufferAttribute): this;
    getIndex(): BufferAttribute | null;
    computeVertexNormals(): void;
  }
}
