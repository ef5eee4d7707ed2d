import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { normalizeBasic, normalizeEnglish } from './whisper-normaliser.ts';

interface Golden {
  readonly cases: readonly (readonly [text: string, english: string, basic: string, bare: string, split: string])[];
}

describe("normalisers against Whisper's", () => {
  const { cases } = readGolden('whisper.json') as Golden;

  it('English', () => {
    assert.ok(cases.length > 700);
    for (const [text, english] of cases) assert.equal(normalizeEnglish(text), english, JSON.stringify(text));
  });

  it('basic', () => {
    for (const [text, , basic] of cases) assert.equal(normalizeBasic(text, {}), basic, JSON.stringify(text));
  });

  it('basic without accents', () => {
    const options = { removeDiacritics: true };
    for (const [text, , , bare] of cases) assert.equal(normalizeBasic(text, options), bare, JSON.stringify(text));
  });

  it('basic, character by character', () => {
    const options = { splitLetters: true };
    for (const [text, , , , split] of cases) assert.equal(normalizeBasic(text, options), split, JSON.stringify(text));
  });

  it('reads long runs of anything once', () => {
    for (const unit of ['<', '(', ' ', "'", 'and ', '9', 'double ', 'point 5 ', '()', '1,', 'million ', '\t']) {
      const normalized = normalizeEnglish(unit.repeat(20_000));
      assert.ok(normalized.length <= 200_000, unit);
    }
  });
});
