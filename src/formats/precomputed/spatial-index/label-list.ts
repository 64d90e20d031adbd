/** Labels gathered from many places, then sorted once. */

export class LabelList {
  #labels = new BigUint64Array(64);
  #count = 0;

  push(label: bigint): void {
    if (this.#count === this.#labels.length) this.#grow(this.#count + 1);
    this.#labels[this.#count++] = label;
  }

  pushAll(labels: BigUint64Array): void {
    if (this.#count + labels.length > this.#labels.length) this.#grow(this.#count + labels.length);
    this.#labels.set(labels, this.#count);
    this.#count += labels.length;
  }

  /** Each label once, ascending. */
  sorted(): BigUint64Array {
    const all = this.#labels.subarray(0, this.#count).sort();
    let kept = 0;
    for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i]!;
    return all.slice(0, kept);
  }

  #grow(least: number): void {
    const grown = new BigUint64Array(Math.max(least, 2 * this.#labels.length));
    grown.set(this.#labels.subarray(0, this.#count));
    this.#labels = grown;
  }
}
