/**
 * A table of a FlatBuffer, read in place (FlatBuffers' binary format). Every read is held against the buffer's end: offsets that lead out of
 * it throw a RangeError.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  /** The table that a buffer starts with. */
  static root(view: DataView): FlatTable {
    return new FlatTable(view, view.getUint32(0, true));
  }

  int8(field: number, otherwise: number): number {
    const at = this.#locate(field);
    return at === undefined ? otherwise : this.#view.getInt8(at);
  }

  int16(field: number, otherwise: number): number {
    const at = this.#locate(field);
    return at === undefined ? otherwise : this.#view.getInt16(at, true);
  }

  int32(field: number, otherwise: number): number {
    const at = this.#locate(field);
    return at === undefined ? otherwise : this.#view.getInt32(at, true);
  }

  /** Numbers beyond 2⁵³ are beyond anything that is there. */
  int64(field: number): number {
    const at = this.#locate(field);
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  text(field: number): string | undefined {
    const at = this.#locate(field);
    if (at === undefined) return undefined;
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#locate(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  tables(field: number): FlatTable[] {
    return this.#items(field, 4).map(at => new FlatTable(this.#view, at + this.#view.getUint32(at, true)));
  }

  /** Pairs of 64-bit numbers that stand in the vector itself. */
  pairs(field: number): (readonly [number, number])[] {
    return this.#items(field, 16).map(at => [
      Number(this.#view.getBigInt64(at, true)),
      Number(this.#view.getBigInt64(at + 8, true)),
    ]);
  }

  /** Where a field's value stands; absent where it has its default. */
  #locate(field: number): number | undefined {
    const fields = this.#at - this.#view.getInt32(this.#at, true);
    const slot = 4 + field * 2;
    if (slot >= this.#view.getUint16(fields, true)) return undefined;
    const offset = this.#view.getUint16(fields + slot, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  #items(field: number, size: number): number[] {
    const at = this.#locate(field);
    if (at === undefined) return [];
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    if (length * size > this.#view.byteLength) throw new RangeError('a list is longer than its message');
    return Array.from({ length }, (_, index) => start + 4 + index * size);
  }
}
