import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dataset, Perturbation } from '../../../schemas/generated/files.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { createRandom } from '../../statistics/random.ts';
import type { AskedRow } from '../asked-row.ts';
import { decodeWav, encodeWav } from '../audio/wav.ts';
import { readAskedRows } from '../selection.ts';
import { addNoise } from './noise.ts';
import { addTypos, changeCase, changeSpaces, removePunctuation } from './text.ts';

const signal = new AbortController().signal;
const files = createFiles();
const digest = createDigest();

function rms(samples: Float64Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('perturbations of a text', () => {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(40);

  it('mistype about the share of letters that is said, seeded', () => {
    const typed = addTypos(text, 0.1, createRandom(1));
    assert.equal(typed, addTypos(text, 0.1, createRandom(1)));
    assert.notEqual(typed, addTypos(text, 0.1, createRandom(2)));
    // Neighbouring keys keep the length; omissions and doublings are alike likely.
    assert.ok(Math.abs(typed.length - text.length) < 60);
    const words = text.split(' ');
    const changed = typed.split(' ').filter((word, at) => word !== words[at]).length;
    // A word of 3.9 letters on average is hit with 1 − 0.9^3.9 = 34 %.
    assert.ok(changed > 0.22 * words.length && changed < 0.46 * words.length, String(changed));
  });

  it('make one typo at least where there are letters, and none where there are none', () => {
    for (let seed = 0; seed < 200; seed += 1) assert.notEqual(addTypos('ab', 0.001, createRandom(seed)), 'ab');
    assert.equal(addTypos('12 + 3 = ?', 0.5, createRandom(1)), '12 + 3 = ?');
    assert.equal(addTypos('', 0.5, createRandom(1)), '');
    for (let seed = 0; seed < 50; seed += 1) {
      const typed = addTypos('Ünïcödé 😀 文字', 0.5, createRandom(seed));
      assert.ok(typed.includes('😀') && typed.isWellFormed(), typed);
    }
  });

  it('type keys that lie beside the right one', () => {
    const beside = new Set<string>();
    for (let seed = 0; seed < 400; seed += 1) {
      const typed = addTypos('g', 0.001, createRandom(seed));
      if (typed.length === 1) beside.add(typed);
    }
    assert.deepEqual([...beside].sort(), ['b', 'f', 'h', 't', 'v', 'y']);
  });

  it('change case, spaces and punctuation', () => {
    assert.equal(changeCase('aB ß', 'upper', createRandom(1)), 'AB SS');
    assert.equal(changeCase('aB', 'lower', createRandom(1)), 'ab');
    const mixed = changeCase(text, 'random', createRandom(1));
    assert.equal(mixed.toLowerCase(), text.toLowerCase());
    assert.ok(/[A-Z]/.test(mixed) && /[a-z]/.test(mixed));
    const spaced = changeSpaces(text, 0.5, createRandom(1));
    assert.notEqual(spaced, text);
    assert.equal(spaced.replaceAll(' ', ''), text.replaceAll(' ', ''));
    assert.equal(changeSpaces(text, 0.5, createRandom(1)), spaced);
    assert.equal(removePunctuation('«Well»—he said: “no!” $5+1'), 'Wellhe said no $5+1');
  });
});

describe('noise', () => {
  const sound = {
    samples: Float64Array.from({ length: 32_000 }, (_, at) => 0.2 * Math.sin(at / 9)),
    channels: 2,
    rate: 16_000,
  };

  for (const color of ['white', 'pink'] as const) {
    for (const snr of [20, 10, 0, -5]) {
      it(`is ${color} and ${snr} dB below the sound`, () => {
        const mixed = addNoise(sound, snr, color, createRandom(3));
        const peak = mixed.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        assert.ok(peak <= 1);
        // The sound's own part, by projection: a mix that was too loud is scaled as a whole.
        const dot = mixed.samples.reduce((sum, sample, at) => sum + sample * (sound.samples[at] ?? 0), 0);
        const gain = dot / sound.samples.reduce((sum, sample) => sum + sample * sample, 0);
        const noise = mixed.samples.map((sample, at) => sample - gain * (sound.samples[at] ?? 0));
        const measured = 20 * Math.log10((gain * rms(sound.samples)) / rms(noise));
        assert.ok(Math.abs(measured - snr) < 0.15, `${measured}`);
        assert.deepEqual(addNoise(sound, snr, color, createRandom(3)), mixed);
      });
    }
  }

  it('has as much power at every frequency when white, and 3 dB less an octave when pink', () => {
    const quiet = { samples: new Float64Array(1 << 14).fill(1e-9), channels: 1, rate: 16_000 };
    for (const [color, slope] of [
      ['white', 0],
      ['pink', -1],
    ] as const) {
      const { samples } = addNoise(quiet, -100, color, createRandom(5));
      // Power per bin in octaves of the discrete Fourier transform, from bins 32 … 63 to 1024 … 2047, every few bins.
      const levels = [32, 64, 128, 256, 512, 1024].map(first => {
        let power = 0;
        for (let bin = first; bin < first * 2; bin += first / 32) power += powerAt(samples, bin);
        return Math.log2(power / 32);
      });
      const measured = ((levels.at(-1) ?? 0) - (levels[0] ?? 0)) / (levels.length - 1);
      assert.ok(Math.abs(measured - slope) < 0.25, `${color}: ${measured}`);
    }
  });

  it('leaves silence silent', () => {
    const silence = { samples: new Float64Array(100), channels: 1, rate: 8000 };
    assert.deepEqual(addNoise(silence, 10, 'white', createRandom(1)), silence);
  });
});

function powerAt(samples: Float64Array, bin: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * bin * at) / samples.length;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return real * real + imaginary * imaginary;
}

describe('disturbed rows', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-perturb-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function asked(
    rows: readonly object[],
    perturbations: readonly Perturbation[],
    dataset: Partial<Dataset> = {},
  ): Promise<AskedRow[]> {
    const file = path.join(folder, 'd.jsonl');
    writeFileSync(file, rows.map(row => JSON.stringify(row)).join('\n'));
    const whole = { path: file, input: 'q', target: 'a', ...dataset };
    const selection = { path: file, dataset: whole, limit: 2, base: folder, perturbations };
    const found: AskedRow[] = [];
    for await (const batch of readAskedRows(files, digest, selection, signal)) found.push(...batch);
    return found;
  }

  const rows = [
    { id: 1, q: 'What is this?', a: 'x' },
    { id: 2, q: 'And that one?', a: 'y' },
    { id: 3, q: 'beyond the limit', a: 'z' },
  ];

  it('follow their source, with its index and a slice, and are prompted with the changed text', async () => {
    const found = await asked(rows, ['typos', { case: { to: 'upper' } }, 'punctuation', { typos: { rate: 0.5 } }]);
    assert.deepEqual(
      found.map(row => `${row.index} ${row.slices['perturbation']}`),
      [0, 1].flatMap(index =>
        ['none', 'typos', 'case-upper', 'punctuation', 'typos-50%'].map(name => `${index} ${name}`),
      ),
    );
    const [plain, , upper] = found;
    assert.deepEqual([upper?.input, upper?.values['q'], upper?.values['id']], ['WHAT IS THIS?', 'WHAT IS THIS?', 1]);
    assert.deepEqual([upper?.perturbation, upper?.source], ['case-upper', plain?.digest]);
    assert.equal(plain?.perturbation, undefined);
    assert.equal(new Set(found.map(row => row.digest)).size, found.length);
    // A row as it is keeps the digest that it has without perturbations.
    assert.equal(plain?.digest, (await asked(rows, []))[0]?.digest);
    assert.deepEqual(await asked(rows, ['typos']), await asked(rows, ['typos']));
  });

  it('change a field inside a column too', async () => {
    const nested = [{ t: { en: 'Say', de: 'Sag' }, a: 'x' }];
    const found = await asked(nested, [{ case: { to: 'upper' } }], { input: 't.en' });
    assert.deepEqual({ ...(found[1]?.values['t'] as object) }, { en: 'SAY', de: 'Sag' });
  });

  it('find their paraphrases by key, in any order', async () => {
    const file = path.join(folder, 'p.csv');
    const paraphrases = { path: 'p.csv', key: 'id', column: 'other' };
    writeFileSync(file, 'id,other\n2,which\n1,whom\n');
    const found = await asked(rows, [{ paraphrases }]);
    assert.deepEqual(
      found.map(row => row.input),
      ['What is this?', 'whom', 'And that one?', 'which'],
    );
    writeFileSync(file, 'id,other\n1,whom\n');
    await assert.rejects(asked(rows, [{ paraphrases }]), /d\.jsonl:2: .*no paraphrase for the key "2"/);
    writeFileSync(file, 'id,other\n1,whom\n1,who\n');
    await assert.rejects(asked(rows, [{ paraphrases }]), /p\.csv:3: the key "1" is in line 2 already/);
  });

  it('that do not fit are refused', async () => {
    await assert.rejects(asked(rows, ['noise']), /no sound to mix it into/);
    await assert.rejects(asked(rows, ['typos', 'typos']), /there twice/);
    const sounds = { path: 'x', audio: 'q' };
    const selection = {
      path: path.join(folder, 'd.jsonl'),
      dataset: sounds,
      limit: undefined,
      perturbations: ['typos' as const],
    };
    await assert.rejects(
      readAskedRows(files, digest, selection, signal)[Symbol.asyncIterator]().next(),
      /no text to disturb/,
    );
  });

  it('carry the sound with its noise', async () => {
    const samples = Float64Array.from({ length: 8000 }, (_, at) => 0.3 * Math.sin(at / 5));
    writeFileSync(path.join(folder, 's.wav'), encodeWav({ samples, channels: 1, rate: 8000 }));
    const found = await asked([{ q: 'Say it', s: 's.wav', a: 'x' }], [{ noise: { snr: [20, 3.5], color: 'pink' } }], {
      audio: 's',
    });
    assert.deepEqual(
      found.map(row => row.slices['perturbation']),
      ['none', 'pink-noise-20dB', 'pink-noise-3.5dB'],
    );
    const [plain, twenty, three] = found.map(row => row.audio);
    assert.deepEqual([plain?.path, plain?.mediaType], [path.join(folder, 's.wav'), 'audio/wav']);
    assert.equal(new Set([plain?.sha256, twenty?.sha256, three?.sha256]).size, 3);
    const noise = decodeWav(twenty?.bytes ?? new Uint8Array(), 'x').samples.map(
      (sample, at) => sample - (samples[at] ?? 0),
    );
    assert.ok(Math.abs(20 * Math.log10(rms(samples) / rms(noise)) - 20) < 0.1);
  });
});
