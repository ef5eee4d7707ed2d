import { joinBytes } from '../../base/join-bytes.ts';

/** Bytes one line may have; what is longer is dropped, up to its end. */
const longest = 2 ** 20;

/** Cuts bytes that come in pieces into lines. A line is told once its break has come; the rest waits. */
export class LineCutter {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Lines that are too long are left out. */
  add(chunk: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end));
      if (this.#length <= longest) lines.push(new TextDecoder().decode(joinBytes(this.#pieces)));
      this.#pieces = [];
      this.#length = 0;
      start = end + 1;
    }
    // A copy: whoever gave the chunk may use its memory again.
    this.#keep(chunk.slice(start));
    return lines;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    if (this.#length <= longest) this.#pieces.push(piece);
    else this.#pieces = [];
  }
}
