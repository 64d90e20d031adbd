/** Annotations that were read, with their info. */
import { ArgumentError } from "../../base/errors.js";
import { type AnnotationBox, intersects } from "../../formats/precomputed/annotations/geometry.js";
import type { AnnotationInfo, AnnotationType } from "../../formats/precomputed/annotations/info.js";
import type { Annotation } from "../../formats/precomputed/annotations/layout.js";
import { type AnnotationBoxLike, toAnnotationBox } from "./box.js";

/** Some annotations of one layer. Never changes; what selects gives another list of the same objects. */
export class AnnotationList implements Iterable<Annotation> {
  readonly info: AnnotationInfo;
  readonly items: readonly Annotation[];

  constructor(info: AnnotationInfo, items: Iterable<Annotation>) {
    this.info = info;
    this.items = [...items];
  }

  get type(): AnnotationType {
    return this.info.type;
  }

  get length(): number {
    return this.items.length;
  }

  get ids(): BigUint64Array {
    return BigUint64Array.from(this.items, ({ id }) => id);
  }

  [Symbol.iterator](): Iterator<Annotation> {
    return this.items[Symbol.iterator]();
  }

  /** The values of a property, one for each annotation. @throws ArgumentError for a property that there is not. */
  column(property: string): (number | readonly number[])[] {
    const { properties } = this.info;
    if (!properties.some(({ id }) => id === property))
      throw new ArgumentError(`There is no property ${JSON.stringify(property)}`, {
        expected: properties.map(({ id }) => id).join(", ") || "none",
      });
    return this.items.map((a) => a.properties[property]!);
  }

  /** The points of an annotation, each a list of coordinates: those of all, one after the other, unless one is named. */
  points(annotation?: Annotation): number[][] {
    const rank = this.info.dimensions.length;
    return (annotation === undefined ? this.items : [annotation]).flatMap(({ geometry }) =>
      pointsOf(geometry, rank),
    );
  }

  /** Those that have at least a point in common with a box. */
  crop(bbox: AnnotationBoxLike): AnnotationList {
    const box: AnnotationBox = toAnnotationBox(bbox, this.info.dimensions.length);
    return new AnnotationList(
      this.info,
      this.items.filter(({ geometry }) => intersects(this.type, geometry, box)),
    );
  }

  /** A list for each id. */
  splitById(): Map<bigint, AnnotationList> {
    return new Map(this.items.map((a) => [a.id, new AnnotationList(this.info, [a])]));
  }
}

/** The points of a geometry, each a list of coordinates. */
export function pointsOf(geometry: Float32Array, rank: number): number[][] {
  const out: number[][] = [];
  for (let at = 0; at < geometry.length; at += rank) out.push(Array.from(geometry.subarray(at, at + rank)));
  return out;
}
