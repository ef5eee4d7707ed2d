import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { createFiles } from '../../platform/files/files.ts';
import { listPrompts } from './list-prompts.ts';

const { signal } = new AbortController();

function run(id: string, endedAt: number, prompt: string, value: number): RunSummary {
  const headlines = [{ model: 'gpt', prompt, label: 'Accuracy', value, unit: 'ratio' as const }];
  return { id, name: 'a', file: 'jobs/a.bench.yaml', endedAt, headlines } as unknown as RunSummary;
}

describe('the prompts of a workspace', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-prompts-'));
    writeFileSync(
      path.join(folder, 'x.prompt.yml'),
      'name: X\nmodel: openai/gpt\nmessages: [{role: user, content: "{{q}} {{ctx}}"}]\n',
    );
    writeFileSync(path.join(folder, 'y.prompt.yaml'), 'name: Y\nmessages: [{role: user, content: "{{ q"}]\n');
    writeFileSync(
      path.join(folder, 'z.bench.yaml'),
      'name: z\nprompts: [y.prompt.yaml,\n  x.prompt.yml]\nmodels: []\n',
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('come with variables, users and the figures of the newest run that asked them', async () => {
    const runs = [run('new', 2, '../x.prompt.yml', 0.8), run('old', 1, '../x.prompt.yml', 0.7)];
    const store = { listRuns: async () => runs };
    const { prompts } = await listPrompts({ files: createFiles(), store }, folder, signal);
    assert.deepEqual(prompts[0], {
      path: 'x.prompt.yml',
      name: 'X',
      model: 'openai/gpt',
      variables: ['q', 'ctx'],
      messages: 1,
      diagnostics: 0,
      uses: [{ file: 'z.bench.yaml', line: 3, name: 'z' }],
      figures: [
        { runId: 'new', benchmark: 'a', model: 'gpt', label: 'Accuracy', value: 0.8, unit: 'ratio', endedAt: 2 },
      ],
    });
    const [, broken] = prompts;
    assert.ok(broken !== undefined && broken.diagnostics > 0);
    assert.deepEqual([broken.name, broken.variables, broken.figures], ['Y', [], []]);
  });
});
