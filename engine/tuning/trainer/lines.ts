/** Bytes one line may have; what is longer is dropped, up to its end. */
const longest = 2 ** 20;

/** Cuts bytes that come in pieces into lines. A line is told once its break has come; the rest waits. */
export class LineCutter {
  #rest = new Uint8Array(0);
  #dropping = false;

  /** Lines that are too long are left out. */
  add(chunk: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = this.#take(chunk.subarray(start, end));
      if (line !== undefined) lines.push(line);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** Forgets what has no break yet: the next bytes begin a line. */
  reset(): void {
    this.#rest = new Uint8Array(0);
    this.#dropping = false;
  }

  #take(end: Uint8Array): string | undefined {
    const isWhole = !this.#dropping && this.#rest.length + end.length <= longest;
    const bytes = isWhole ? concat(this.#rest, end) : undefined;
    this.reset();
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  #keep(piece: Uint8Array): void {
    if (this.#dropping || piece.length === 0) return;
    if (this.#rest.length + piece.length > longest) {
      this.#rest = new Uint8Array(0);
      this.#dropping = true;
    } else this.#rest = concat(this.#rest, piece);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
