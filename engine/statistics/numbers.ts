/** A list of numbers that grows in one flat array: eight bytes a number. */
interface NumberList {
  readonly length: number;
  push(value: number): void;
  /** The numbers so far, a view that the next push may outdate. */
  view(): Float64Array;
}

export function createNumberList(): NumberList {
  let values = new Float64Array(256);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const larger = new Float64Array(length * 2);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    view: () => values.subarray(0, length),
  };
}
