import assert from 'node:assert/strict';
import { listPolicyQuotes } from './policy-quotes.ts';

const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];
const head = 'id: p\nversion: 1.0.0\nlevel: team\n';
const control = (id: string, source: string): string =>
  `  - id: ${id}\n    title: T\n    severity: low\n${source}    checks: [{id: ${id}.c, type: lineage, require: [license]}]\n`;

describe('listPolicyQuotes', () => {
  it("tells each quote with its line and document, the policy's own by default", () => {
    const text = `${head}source: {document: policy.pdf, sha256: ${first}}\ncontrols:\n${control('A', '    source:\n      page: 4\n      quote: Owners must sign.\n')}${control('B', `    source: {quote: "x y", sha256: ${second}, document: other.md}\n`)}${control('C', '')}`;
    assert.deepEqual(listPolicyQuotes(text), [
      { control: 'A', line: 10, quote: 'Owners must sign.', document: first, name: 'policy.pdf', page: 4 },
      { control: 'B', line: 15, quote: 'x y', document: second, name: 'other.md' },
    ]);
  });

  it('tells none of documents without a digest, nor of what is no policy', () => {
    assert.deepEqual(listPolicyQuotes(`${head}controls:\n${control('A', '    source: {quote: x}\n')}`), []);
    assert.deepEqual(listPolicyQuotes('controls: ['), []);
  });
});
