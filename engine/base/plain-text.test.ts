import assert from 'node:assert/strict';
import { plainLine, plainText } from './plain-text.ts';

describe('plainText', () => {
  it('spells out what changes a text without being seen', () => {
    assert.equal(plainText('a\u202eb\u001b[31mc\u200bd\u{e0041}', 100), 'a⟪U+202E⟫b⟪U+001B⟫[31mc⟪U+200B⟫d⟪U+E0041⟫');
    assert.equal(plainText('a\r\nb\rc\td', 100), 'a\nb\nc\td');
    assert.equal(plainText('👩\u200d🚀 नमस्\u200dते', 100), '👩\u200d🚀 नमस्\u200dते');
  });

  it('is as long as was asked, however long the text and its spelling', () => {
    assert.equal(plainText('x'.repeat(5_000_000), 10), 'xxxxxxxxx…');
    assert.equal(plainText('\u202e'.repeat(1000), 50).length, 50);
    assert.equal(plainText('😀😀😀', 4), '😀…');
  });

  it('stands on one line', () => {
    assert.equal(plainLine('a \n b\u2028c', 100), 'a ⏎ b⟪U+2028⟫c');
  });
});
