/** Numbers that come one after another, at eight bytes each. */
export class GrowingNumbers {
  #values = new Float64Array(64);
  length = 0;

  add(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.length).sort();
  }

  /** Those that were added more than once. */
  repeated(): ReadonlySet<number> {
    const sorted = this.sorted();
    const repeated = new Set<number>();
    for (let i = 1; i < sorted.length; i += 1) {
      const value = sorted[i] ?? 0;
      if (value === sorted[i - 1]) repeated.add(value);
    }
    return repeated;
  }
}
