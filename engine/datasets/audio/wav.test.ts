import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readGolden } from '../../../test/golden/read.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { decodeWav, encodeWav, readWavFacts } from './wav.ts';

interface Golden {
  readonly files: readonly {
    readonly file: string;
    readonly rate: number;
    readonly channels: number;
    readonly samples: readonly number[];
  }[];
}

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../../test/fixtures/data/wav/${name}`, import.meta.url));
}

describe('WAV files', () => {
  const golden = readGolden('wav.json') as Golden;

  for (const { file, rate, channels, samples } of golden.files) {
    it(`read ${file} as libsndfile does`, () => {
      const sound = decodeWav(fixture(file), file);
      assert.deepEqual({ ...sound, samples: [...sound.samples] }, { rate, channels, samples });
      const facts = readWavFacts(fixture(file), file);
      assert.equal(facts.frames, samples.length / channels);
      assert.equal(facts.seconds, samples.length / channels / rate);
    });
  }

  it('come back as they were written, to one step of 16 bits, and are cut at full scale', () => {
    const samples = Float64Array.from({ length: 200 }, (_, at) => 1.2 * Math.sin(at / 7));
    const back = decodeWav(encodeWav({ samples, channels: 2, rate: 16_000 }), 'x.wav');
    assert.equal(back.rate, 16_000);
    assert.equal(back.channels, 2);
    back.samples.forEach((sample, at) => {
      const wanted = Math.max(-1, Math.min(32767 / 32768, samples[at] ?? 0));
      assert.ok(Math.abs(sample - wanted) <= 0.5 / 32768 + 1e-12, `${sample} for ${wanted}`);
    });
  });

  it('that hold something else than PCM are told by name', () => {
    const words: [string, RegExp][] = [
      ['ima-adpcm.wav', /its sound is IMA ADPCM, not PCM/],
      ['ms-adpcm.wav', /its sound is ADPCM/],
      ['ulaw.wav', /its sound is µ-law/],
      ['alaw.wav', /its sound is A-law/],
      ['disguised.wav', /it is an MP3 file, not a WAV file/],
    ];
    for (const [name, message] of words) {
      assert.throws(() => decodeWav(fixture(name), name), { code: 'dataset-invalid', message });
    }
  });

  it('whose head says other than what is there are refused', () => {
    const good = fixture('s16.wav');
    const change = (at: number, value: number, size: 2 | 4): Uint8Array => {
      const bytes = Uint8Array.from(good);
      const view = new DataView(bytes.buffer);
      if (size === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      return bytes;
    };
    const faults: [Uint8Array, RegExp][] = [
      [change(40, 0xffff_ffff, 4), /says 4294967295 bytes of sound, and 48 are there/],
      [good.subarray(0, 60), /says 48 bytes of sound, and 16 are there/],
      [change(40, 0, 4), /holds no sound/],
      [change(22, 0, 2), /0 channels/],
      [change(24, 0, 4), /0 samples a second/],
      [change(34, 12, 2), /12 bits/],
      [change(32, 3, 2), /contradicts itself/],
      [good.subarray(0, 36), /ends before its samples/],
      [good.subarray(0, 20), /format is cut off|ends before/],
      [new Uint8Array(0), /too short/],
      [change(16, 0xffff_fff0, 4), /format is cut off/],
    ];
    for (const [bytes, message] of faults) assert.throws(() => decodeWav(bytes, 'x.wav'), { message });
    const notANumber = Uint8Array.from(fixture('f32.wav'));
    new DataView(notANumber.buffer).setFloat32(notANumber.length - 4, Number.NaN, true);
    assert.throws(() => decodeWav(notANumber, 'x.wav'), /sample 47 is no number/);
  });

  it('never make it crash, whatever byte is wrong', () => {
    const good = fixture('extensible.wav');
    for (let at = 0; at < good.length; at += 1) {
      const bytes = Uint8Array.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      try {
        decodeWav(bytes, 'x.wav');
      } catch (error) {
        assert.ok(error instanceof WorkbenchError, `byte ${at}: ${String(error)}`);
      }
    }
  });
});
