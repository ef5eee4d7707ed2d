import { textOf, viewOf, type ByteSource } from './bytes.ts';
import { quoted, type ScanContext } from './findings.ts';
import { checkTemplate } from './templates.ts';

const mostKeys = 100_000;
const mostTensors = 1_000_000;
const longestKey = 64 * 1024;
const longestText = 64 * 2 ** 20;
const mostElements = 100_000_000;
const mostDimensions = 8;

/** Bytes of the value types of a fixed size; 8 is text, 9 an array. */
const valueBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};

/** Elements and bytes of a block, by tensor type (`ggml_type`). Types that came later are not checked for their size. */
const blocks: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  30: [1, 2],
};

class Broken extends Error {}

/** Reads numbers and texts one behind the other, and never behind the end. */
class Reader {
  at = 0;
  readonly #source: ByteSource;
  readonly #wide: boolean;

  constructor(source: ByteSource, at: number, wide: boolean) {
    this.#source = source;
    this.at = at;
    this.#wide = wide;
  }

  async take(length: number): Promise<Uint8Array> {
    if (length > this.#source.size - this.at) throw new Broken('it ends in the middle of its header');
    const bytes = await this.#source.read(this.at, this.at + length);
    if (bytes.length < length) throw new Broken('it ends in the middle of its header');
    this.at += length;
    return bytes;
  }

  async u32(): Promise<number> {
    return viewOf(await this.take(4)).getUint32(0, true);
  }

  async u64(): Promise<number> {
    const value = Number(viewOf(await this.take(8)).getBigUint64(0, true));
    if (!Number.isSafeInteger(value)) throw new Broken('a number in its header is impossible');
    return value;
  }

  /** A count: 32 bits in version 1. */
  count(): Promise<number> {
    return this.#wide ? this.u64() : this.u32();
  }

  async text(most: number): Promise<string> {
    const length = await this.count();
    if (length > most) throw new Broken(`a text in its header would have ${String(length)} bytes`);
    return textOf(await this.take(length));
  }

  skip(bytes: number): void {
    if (bytes > this.#source.size - this.at) throw new Broken('it ends in the middle of its header');
    this.at += bytes;
  }
}

/** What a header says; texts of the keys that are of use. */
export interface GgufFacts {
  readonly version: number;
  readonly tensors: number;
  readonly texts: ReadonlyMap<string, string>;
}

/** Checks a GGUF file's header: magic, version, counts, keys, and that every tensor lies inside the file. Reports `gguf-invalid`. */
export async function checkGguf(
  source: ByteSource,
  file: string,
  context: ScanContext,
): Promise<GgufFacts | undefined> {
  let at = 4;
  try {
    const head = await source.read(0, 8);
    if (head.length < 8) throw new Broken('it is too short');
    const version = viewOf(head).getUint32(4, true);
    if (version < 1 || version > 3)
      throw new Broken(
        version === 0x03000000 ? 'it is written for big-endian machines' : `its version is ${String(version)}`,
      );
    const reader = new Reader(source, 8, version > 1);
    const step = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } finally {
        at = reader.at;
      }
    };
    const tensors = await step(reader.count());
    const keys = await step(reader.count());
    if (tensors > mostTensors) throw new Broken(`it would have ${String(tensors)} tensors`);
    if (keys > mostKeys) throw new Broken(`it would have ${String(keys)} keys`);
    const texts = new Map<string, string>();
    const seen = new Set<string>();
    let alignment = 32;
    for (let i = 0; i < keys; i++) {
      if (i % 1000 === 0) context.signal.throwIfAborted();
      const key = await step(reader.text(longestKey));
      if (seen.has(key)) throw new Broken(`it has the key ${quoted(key)} twice`);
      seen.add(key);
      const type = await step(reader.u32());
      if (type === 8) {
        const text = await step(reader.text(longestText));
        if (text.length <= 1_000_000) texts.set(key, text);
      } else if (key === 'general.alignment' && type === 4) {
        alignment = await step(reader.u32());
        if (alignment === 0 || alignment % 8 !== 0 || alignment > 65_536)
          throw new Broken(`its alignment is ${String(alignment)}`);
      } else {
        await step(skipValue(reader, type, 0, context.signal));
      }
    }
    const placed: { name: string; begin: number; bytes: number | undefined }[] = [];
    const names = new Set<string>();
    for (let i = 0; i < tensors; i++) {
      if (i % 1000 === 0) context.signal.throwIfAborted();
      const name = await step(reader.text(longestKey));
      if (names.has(name)) throw new Broken(`it has the tensor ${quoted(name)} twice`);
      names.add(name);
      const dimensions = await step(reader.u32());
      if (dimensions > mostDimensions) throw new Broken(`the tensor ${quoted(name)} has ${dimensions} dimensions`);
      let elements = 1;
      for (let d = 0; d < dimensions; d++) elements *= await step(reader.count());
      if (!Number.isSafeInteger(elements)) throw new Broken(`the tensor ${quoted(name)} has an impossible shape`);
      const type = await step(reader.u32());
      const begin = await step(reader.u64());
      if (begin % alignment !== 0) throw new Broken(`the tensor ${quoted(name)} is not aligned`);
      const block = blocks[type];
      const bytes = block === undefined ? undefined : Math.ceil(elements / block[0]) * block[1];
      placed.push({ name, begin, bytes });
    }
    const start = Math.ceil(reader.at / alignment) * alignment;
    let behind = 0;
    for (const { name, begin, bytes } of placed.sort((a, b) => a.begin - b.begin)) {
      if (start + begin + (bytes ?? 0) > source.size)
        throw new Broken(`the tensor ${quoted(name)} ends behind the file`);
      if (begin < behind) throw new Broken(`the tensor ${quoted(name)} overlaps another one`);
      behind = begin + (bytes ?? 0);
    }
    for (const [key, text] of texts) {
      if (key === 'tokenizer.chat_template' || key.startsWith('tokenizer.chat_template.'))
        checkTemplate(text, file, `its ${key}`, context);
    }
    return { version, tensors, texts };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    context.report({
      rule: 'gguf-invalid',
      severity: 'unsafe',
      file,
      offset: at,
      message: `It is no valid GGUF file: ${error.message}.`,
      remedy: 'Fetch it again. Readers in C have been attacked by such files.',
    });
    return undefined;
  }
}

async function skipValue(reader: Reader, type: number, depth: number, signal: AbortSignal): Promise<void> {
  const fixed = valueBytes[type];
  if (fixed !== undefined) {
    reader.skip(fixed);
    return;
  }
  if (type === 8) {
    const length = await reader.count();
    reader.skip(length);
    return;
  }
  if (type !== 9 || depth > 3) throw new Broken(`a value in its header has the type ${String(type)}`);
  const inner = await reader.u32();
  const count = await reader.count();
  if (count > mostElements) throw new Broken(`an array in its header would have ${String(count)} elements`);
  const each = valueBytes[inner];
  if (each !== undefined) {
    reader.skip(each * count);
    return;
  }
  for (let i = 0; i < count; i++) {
    if (i % 10_000 === 0) signal.throwIfAborted();
    await skipValue(reader, inner, depth + 1, signal);
  }
}
