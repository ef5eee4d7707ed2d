type Key = number | string;

/** A sorted stretch: ids and the values they are ordered by. */
interface Stretch<K extends Key> {
  readonly ids: Uint32Array;
  readonly values: readonly K[] | Float64Array;
}

/**
 * Sorts ids by a value as they come in portions, so that no step takes long: each portion is sorted on its own and merged with earlier
 * ones of its size, as in a binary counter. Equal values stay in the order of ids; ids without a value come last either way.
 * Texts are compared by their UTF-16 units.
 */
export class SortedIds<K extends Key> {
  readonly #descending: boolean;
  readonly #stretches: Stretch<K>[] = [];
  readonly #without: number[] = [];

  constructor(descending: boolean) {
    this.#descending = descending;
  }

  /** Adds ids above all earlier ones, rising, with a value each. */
  add(ids: readonly number[], values: readonly (K | null)[]): void {
    const keys: K[] = [];
    const known: number[] = [];
    for (const [index, value] of values.entries()) {
      const id = ids[index] ?? 0;
      if (value === null) this.#without.push(id);
      else {
        keys.push(value);
        known.push(id);
      }
    }
    if (keys.length === 0) return;
    this.#stretches.push(sortPortion(known, keys, this.#descending));
    while (this.#canMerge()) this.#mergeLast();
  }

  /** Merges one pair of what is left; false once there is nothing to merge. */
  mergeOnce(): boolean {
    if (this.#stretches.length < 2) return false;
    this.#mergeLast();
    return this.#stretches.length > 1;
  }

  /** All ids in order, once nothing is left to merge. */
  ids(): Uint32Array {
    const sorted = this.#stretches[0]?.ids ?? new Uint32Array();
    const all = new Uint32Array(sorted.length + this.#without.length);
    all.set(sorted);
    all.set(this.#without, sorted.length);
    return all;
  }

  #canMerge(): boolean {
    const last = this.#stretches.at(-1);
    const before = this.#stretches.at(-2);
    return last !== undefined && before !== undefined && before.ids.length <= last.ids.length;
  }

  #mergeLast(): void {
    const later = this.#stretches.pop();
    const earlier = this.#stretches.pop();
    if (later === undefined || earlier === undefined) return;
    this.#stretches.push(merge(earlier, later, this.#descending));
  }
}

function sortPortion<K extends Key>(ids: readonly number[], keys: readonly K[], descending: boolean): Stretch<K> {
  const order = Uint32Array.from(keys.keys());
  const sign = descending ? -1 : 1;
  order.sort((a, b) => {
    const [first, second] = [keys[a] as K, keys[b] as K];
    return first === second ? a - b : first < second ? -sign : sign;
  });
  const values = newValues(keys, order.length);
  const sorted = new Uint32Array(order.length);
  for (let at = 0; at < order.length; at++) {
    const from = order[at] as number;
    sorted[at] = ids[from] as number;
    values[at] = keys[from] as K;
  }
  return { ids: sorted, values: values as Stretch<K>['values'] };
}

/** Ids of `later` are above those of `earlier`, so equal values keep their order when the earlier comes first. */
function merge<K extends Key>(earlier: Stretch<K>, later: Stretch<K>, descending: boolean): Stretch<K> {
  const length = earlier.ids.length + later.ids.length;
  const ids = new Uint32Array(length);
  const values = newValues(earlier.values, length);
  let a = 0;
  let b = 0;
  for (let at = 0; at < length; at++) {
    const takesLater =
      a >= earlier.ids.length ||
      (b < later.ids.length && precedes(later.values[b] as K, earlier.values[a] as K, descending));
    const from = takesLater ? later : earlier;
    const index = takesLater ? b++ : a++;
    ids[at] = from.ids[index] as number;
    values[at] = from.values[index] as K;
  }
  return { ids, values: values as Stretch<K>['values'] };
}

function precedes(one: Key, other: Key, descending: boolean): boolean {
  return descending ? one > other : one < other;
}

function newValues(like: readonly Key[] | Float64Array, length: number): Key[] | Float64Array {
  return typeof like[0] === 'number' ? new Float64Array(length) : new Array<Key>(length);
}
