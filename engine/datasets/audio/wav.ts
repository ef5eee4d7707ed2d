import { WorkbenchError } from '../../base/errors.ts';

/** What a WAV file's head says, checked against its length. */
export interface WavFacts {
  readonly encoding: 'integer' | 'float';
  /** Bits of one sample: 8 (without sign), 16, 24 or 32; 32 or 64 for floats. */
  readonly bits: number;
  readonly channels: number;
  /** Samples a second, of each channel. */
  readonly rate: number;
  /** Samples of each channel. */
  readonly frames: number;
  /** Where the samples start, in bytes. */
  readonly start: number;
  readonly seconds: number;
}

/** Sound as numbers: the channels' samples in turn, full scale at −1 … 1. */
export interface Sound {
  readonly samples: Float64Array;
  readonly channels: number;
  readonly rate: number;
}

/**
 * Reads the head of a RIFF WAVE file (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", with
 * WAVE_FORMAT_EXTENSIBLE). Throws `dataset-invalid` for other kinds of files, for compressed sound, and for a head that says other than what is there.
 */
export function readWavFacts(bytes: Uint8Array, path: string): WavFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tagAt(bytes, 0) !== 'RIFF' || tagAt(bytes, 8) !== 'WAVE')
    throw broken(path, `it is ${kindOf(bytes)}, not a WAV file`);
  let format: Omit<WavFacts, 'frames' | 'start' | 'seconds'> | undefined;
  let at = 12;
  while (at + 8 <= bytes.byteLength) {
    const tag = tagAt(bytes, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (tag === 'fmt ') format = readFormat(view, start, size, path);
    if (tag === 'data') {
      if (format === undefined) throw broken(path, 'its samples come before their format');
      if (start + size > bytes.byteLength) {
        const there = bytes.byteLength - start;
        throw broken(path, `its head says ${String(size)} bytes of sound, and ${String(there)} are there`);
      }
      const frames = Math.floor(size / ((format.channels * format.bits) / 8));
      if (frames === 0) throw broken(path, 'it holds no sound');
      return { ...format, frames, start, seconds: frames / format.rate };
    }
    // Chunks start at even places.
    at = start + size + (size % 2);
  }
  throw broken(path, 'it ends before its samples');
}

const integerFormat = 1;
const floatFormat = 3;
const extensible = 0xfffe;

function readFormat(
  view: DataView,
  start: number,
  size: number,
  path: string,
): Omit<WavFacts, 'frames' | 'start' | 'seconds'> {
  if (size < 16 || start + size > view.byteLength) throw broken(path, 'its format is cut off');
  const said = view.getUint16(start, true);
  // The real format is the start of a longer name.
  const format = said === extensible && size >= 40 ? view.getUint16(start + 24, true) : said;
  const channels = view.getUint16(start + 2, true);
  const rate = view.getUint32(start + 4, true);
  const block = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (format !== integerFormat && format !== floatFormat) {
    throw broken(path, `its sound is ${codecs[format] ?? `in format ${String(format)}`}, not PCM`);
  }
  const sizes = format === integerFormat ? [8, 16, 24, 32] : [32, 64];
  if (!sizes.includes(bits)) throw broken(path, `its samples have ${String(bits)} bits`);
  if (channels === 0 || channels > 256 || rate === 0 || rate > 10_000_000) {
    throw broken(path, `its head says ${String(channels)} channels and ${String(rate)} samples a second`);
  }
  if (block !== (channels * bits) / 8) throw broken(path, 'its head contradicts itself (block size)');
  return { encoding: format === integerFormat ? 'integer' : 'float', bits, channels, rate };
}

/** Names of the formats that are met most often. */
const codecs: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
};

function kindOf(bytes: Uint8Array): string {
  const tag = tagAt(bytes, 0);
  if (tag.startsWith('ID3') || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0)) return 'an MP3 file';
  if (tag === 'fLaC') return 'a FLAC file';
  if (tag === 'OggS') return 'an Ogg file';
  if (tag === 'RF64' || tag === 'RIFX') return `a ${tag} file`;
  return bytes.byteLength < 12 ? 'too short' : 'another kind of file';
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function broken(path: string, what: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path} cannot be read as sound: ${what}.`, {
    remedy: 'Convert it, for example with `ffmpeg -i in -c:a pcm_s16le out.wav`.',
    place: { path },
  });
}

/** All samples of a WAV file. Throws as `readWavFacts` does, and for samples that are no numbers. */
export function decodeWav(bytes: Uint8Array, path: string): Sound {
  const { encoding, bits, channels, rate, frames, start } = readWavFacts(bytes, path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float64Array(frames * channels);
  const step = bits / 8;
  const read = encoding === 'float' ? floatReader(view, bits) : integerReader(view, bits);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = read(start + index * step);
    if (!Number.isFinite(sample)) throw broken(path, `sample ${String(index)} is no number`);
    samples[index] = sample;
  }
  return { samples, channels, rate };
}

function floatReader(view: DataView, bits: number): (at: number) => number {
  return bits === 32 ? at => view.getFloat32(at, true) : at => view.getFloat64(at, true);
}

function integerReader(view: DataView, bits: number): (at: number) => number {
  switch (bits) {
    case 8:
      return at => (view.getUint8(at) - 128) / 128;
    case 16:
      return at => view.getInt16(at, true) / 32768;
    case 24:
      return at => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
    default:
      return at => view.getInt32(at, true) / 2147483648;
  }
}

/** A WAV file of 16-bit PCM. Samples beyond full scale are cut to it. */
export function encodeWav({ samples, channels, rate }: Sound): Uint8Array<ArrayBuffer> {
  const size = samples.length * 2;
  const bytes = new Uint8Array(44 + size);
  const view = new DataView(bytes.buffer);
  const put = (at: number, tag: string): void => {
    for (let index = 0; index < tag.length; index += 1) bytes[at + index] = tag.charCodeAt(index);
  };
  put(0, 'RIFF');
  view.setUint32(4, 36 + size, true);
  put(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, integerFormat, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  put(36, 'data');
  view.setUint32(40, size, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + index * 2, Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), true);
  });
  return bytes;
}
