import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { convertTestData, hasTestData } from './convert-test-data.ts';

const prompt = {
  name: 'Summarise it',
  testData: [
    { input: 'a long text', expected: 'Summary - short' },
    { input: 'another', expected: 'Summary - b' },
  ],
  evaluators: [
    { name: 'Same', string: { equals: '{{expected}}' } },
    { name: 'Starts right', string: { startsWith: 'Summary -' } },
    { name: 'Starts right', string: { endsWith: 'x.' } },
    { name: 'Holds it', string: { contains: '{{ expected }}' } },
    { name: 'Kind', llm: { systemPrompt: 'Judge.', prompt: 'Is it kind? {{completion}}' } },
    { name: 'near', uses: 'github/similarity' },
  ],
};

describe('convertTestData', () => {
  it('makes a valid benchmark of test rows and evaluators', () => {
    assert.ok(hasTestData(prompt));
    assert.ok(!hasTestData({ testData: 'x' }));
    const { files, notes } = convertTestData(prompt, 's.prompt.yml', 'Summarise it');
    const [bench, rows] = files;
    const parsed = parseDocument('bench', bench?.text ?? '');
    assert.deepEqual(parsed.diagnostics, []);
    assert.deepEqual(parsed.value?.dataset, { path: 'data/summarise-it.jsonl', input: 'input', target: 'expected' });
    assert.deepEqual(parsed.value.prompts, ['s.prompt.yml']);
    assert.deepEqual(parsed.value.metrics, [
      'exact-match',
      { regex: { name: 'starts-right', pattern: '^Summary -' } },
      { regex: { name: 'starts-right-2', pattern: 'x\\.$' } },
      { regex: { name: 'holds-it', pattern: '{{target}}' } },
      { judge: { name: 'kind', criteria: 'Judge.\n\nIs it kind? {{completion}}' } },
      'latency',
      'cost',
    ]);
    assert.equal(rows?.text.split('\n').length, 3);
    assert.equal(notes.length, 3);
    assert.match(notes.join('\n'), /`near` has no equal/);
  });
});
