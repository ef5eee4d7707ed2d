import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { readDatasetCard } from './dataset-card.ts';

/** Files with one content, in pieces so small that a character may lie across two. */
function filesWith(content: Uint8Array): Files {
  return {
    async *stream() {
      const step = content.length < 1000 ? 1 : 65_536;
      for (let at = 0; at < content.length; at += step) yield content.subarray(at, at + step);
    },
  } as unknown as Files;
}

function read(content: string | Uint8Array) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return readDatasetCard(filesWith(bytes), createDigest(), '/w/a.card.md', 'a.card.md', new AbortController().signal);
}

describe('readDatasetCard', () => {
  const cards: readonly [what: string, text: string, facts: object][] = [
    ['a card without front matter', '# Rows\n', {}],
    ['an empty front matter', '---\n---\n# Rows\n', {}],
    ['a licence', '---\nlicense: mit\nother: [1]\n---\n', { license: 'mit' }],
    ['several licences', '---\nlicense: [mit, Apache-2.0]\n---\n', { license: 'mit, Apache-2.0' }],
    [
      'a review, with Windows line ends',
      '---\r\npii_review: {by: ada@x.example, on: 2026-10-12, result: none – found}\r\n---\r\n',
      { piiReview: { by: 'ada@x.example', on: '2026-10-12', result: 'none – found' } },
    ],
    ['a rule later in the text', '# Rows\n---\nlicense: mit\n---\n', {}],
  ];
  for (const [what, text, facts] of cards) {
    it(`reads ${what}`, async () => {
      const digest = createHash('sha256').update(text).digest('hex');
      assert.deepEqual(await read(text), { path: 'a.card.md', digest, ...facts });
    });
  }

  const refused: readonly [what: string, content: string | Uint8Array, message: RegExp, line?: number][] = [
    ['front matter that never ends', '---\nlicense: mit\n', /never closed/, 1],
    ['broken YAML', '---\na: 1\nlicense: [mit\n---\n', /no valid YAML/],
    ['a list for front matter', '---\n- mit\n---\n', /no mapping/, 1],
    ['a licence that is a number', '---\nlicense: 3\n---\n', /`license`/],
    ['half a review', '---\npii_review: {by: ada, on: 2026-10-12}\n---\n', /`by`, `on` and `result`/],
    ['a review that is a text', '---\npii_review: done\n---\n', /`by`, `on` and `result`/],
    ['a repeated key', '---\nlicense: mit\nlicense: gpl\n---\n', /stands here twice/],
    [
      'aliases of aliases',
      `---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n${[1, 2, 3, 4, 5, 6].map(i => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]\n`).join('')}---\n`,
      /aliases/,
    ],
    ['no text', Uint8Array.of(0x89, 0x50, 0xff, 0xfe), /no UTF-8/],
    ['a zero byte', 'a\0b', /no UTF-8/],
    ['too much', new Uint8Array(256 * 1024 + 1).fill(32), /larger than 256 KiB/],
  ];
  for (const [what, content, message, line] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(read(content), (error: unknown) => {
        assert.ok(error instanceof WorkbenchError, String(error));
        assert.match(error.message, message);
        assert.equal(error.place?.path, '/w/a.card.md');
        if (line !== undefined) assert.equal(error.place.line, line);
        return true;
      });
    });
  }

  it('takes own keys only', async () => {
    const card = await read('---\n__proto__: {license: gpl}\n---\n');
    assert.equal(card.license, undefined);
  });
});
