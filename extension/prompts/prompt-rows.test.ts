import assert from 'node:assert/strict';
import type { PromptEntry } from '../../schemas/generated/messages.ts';
import { allRows, rowsBelow } from '../../test/fakes/rows.ts';
import { promptFacts, promptRows } from './prompt-rows.ts';

const figure = { runId: 'r1', benchmark: 'b', label: 'Accuracy', unit: 'ratio', endedAt: 0 } as const;
const prompt: PromptEntry = {
  path: 'prompts/x.prompt.yml',
  name: 'X',
  model: 'openai/gpt',
  variables: ['q'],
  messages: 2,
  diagnostics: 0,
  uses: [{ file: 'b.bench.yaml', line: 9, name: 'b' }],
  figures: [
    { ...figure, model: 'gpt', value: 0.7 },
    { ...figure, model: 'vllm', value: 0.8 },
  ],
};

describe('rows of the Prompts view', () => {
  it('show the best of the last run and lead to it', async () => {
    const [row] = allRows(promptRows('/w', [prompt], 120_000));
    assert.equal(row?.description, '80.0 % accuracy (vllm) · 2 min ago · used by 1');
    assert.match(row.accessibleLabel ?? '', /X, 80\.0 % accuracy.*prompts\/x\.prompt\.yml/);
    const rows = await rowsBelow(row);
    assert.deepEqual(
      rows.map(({ label, description }) => [label, description]),
      [
        ['prompts/x.prompt.yml', undefined],
        ['Written for', 'openai/gpt'],
        ['Variables', 'q'],
        ['Last Figures', 'b'],
        ['Used By', '1'],
      ],
    );
    const [first] = await rowsBelow(rows[3]);
    assert.deepEqual(first?.open?.kind === 'command' && first.open.arguments, ['r1']);
  });

  it('tell errors', () => {
    const broken = { ...prompt, diagnostics: 2, uses: [], figures: [] };
    const [row] = allRows(promptRows('/w', [broken], 0));
    assert.deepEqual([row?.icon, row?.description], ['error', '2 errors · used by no benchmark']);
    assert.deepEqual(promptFacts(broken).tags, ['unused', 'broken']);
    assert.deepEqual(promptFacts(prompt).tags, ['used', 'measured']);
  });
});
