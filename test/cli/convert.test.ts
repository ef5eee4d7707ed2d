import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { runAiwb } from './aiwb.ts';

function makeFolder(name: string, text: string): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'aiwb-convert-'));
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return { folder, file };
}

const promptfoo = `
description: Capital cities
prompts:
  - 'What is the capital of {{country}}?'
  - id: file://terse.txt
    label: terse
providers:
  - openai:gpt-4o-mini
  - id: anthropic:messages:claude-x
    label: claude
    config: { temperature: 0, apiKey: sk-not-to-be-copied }
  - python:provider.py
defaultTest:
  vars: { style: short }
  assert: [{ type: latency, threshold: 2000 }]
tests:
  - vars: { country: France }
    assert: [{ type: icontains, value: Paris }]
    metadata: { region: europe }
  - vars: { country: Japan }
    assert:
      - { type: icontains, value: Tokyo }
      - { type: llm-rubric, value: Is polite }
      - { type: llm-rubric, value: Is brief }
      - { type: javascript, value: output.length < 10 }
evaluateOptions: { maxConcurrency: 8, repeat: 2 }
`;

describe('aiwb convert', () => {
  it('makes a benchmark, prompts, rows and connections of a promptfoo configuration', async () => {
    const { folder, file } = makeFolder('promptfooconfig.yaml', promptfoo);
    writeFileSync(path.join(folder, 'terse.txt'), 'Capital of {{country}}:\n');
    const { code, stdout, stderr } = await runAiwb(['convert', file], { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trim().split('\n'), [
      'capital-cities.bench.yaml',
      'data/capital-cities.jsonl',
      'prompts/prompt-1.prompt.yml',
      'prompts/terse.prompt.yml',
      'workbench.yaml',
    ]);
    const read = (name: string): unknown => parse(readFileSync(path.join(folder, name), 'utf8'));
    const bench = read('capital-cities.bench.yaml') as Record<string, unknown>;
    assert.deepEqual(bench['models'], ['gpt-4o-mini', 'claude']);
    assert.deepEqual(bench['limits'], { concurrency: 8 });
    assert.equal(bench['repeats'], 2);
    assert.deepEqual(bench['metrics'], [
      { regex: { name: 'icontains', pattern: '{{target}}', ignoreCase: true } },
      { judge: { criteria: 'Is polite', passFail: true } },
      { judge: { criteria: 'Is brief', passFail: true, name: 'judge-2' } },
      'latency',
      'cost',
    ]);
    const rows = readFileSync(path.join(folder, 'data/capital-cities.jsonl'), 'utf8').trim().split('\n');
    assert.deepEqual(JSON.parse(rows[0] ?? ''), {
      region: 'europe',
      style: 'short',
      country: 'France',
      expected: 'Paris',
    });
    const workbench = readFileSync(path.join(folder, 'workbench.yaml'), 'utf8');
    assert.match(workbench, /env: ANTHROPIC_API_KEY/);
    assert.doesNotMatch(workbench, /sk-not/);
    assert.match(stderr, /python:provider\.py/);
    assert.match(stderr, /javascript/);
  });

  it('makes a benchmark that is valid but for its models of an lm-eval task', async () => {
    const task = [
      'task: sums',
      'dataset_path: json',
      'dataset_kwargs: {data_files: {test: qa.jsonl}}',
      'test_split: test',
      'output_type: generate_until',
      'doc_to_text: "Q: {{question}}\\nA:"',
      'doc_to_target: "{{answer}}"',
      'process_docs: !function utils.process',
      'generation_kwargs: {until: ["\\n"], max_gen_toks: 16, do_sample: false}',
      'filter_list: [{name: strict, filter: [{function: regex, regex_pattern: "(-?[0-9]+)", group_select: -1}]}]',
      'metric_list: [{metric: exact_match, ignore_case: true}, {metric: acc}]',
    ].join('\n');
    const { folder, file } = makeFolder('sums.yaml', task);
    writeFileSync(path.join(folder, 'qa.jsonl'), '{"question": "1+1", "answer": "2"}\n');
    const { code, stderr } = await runAiwb(['convert', file], { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.deepEqual(parse(readFileSync(path.join(folder, 'sums.bench.yaml'), 'utf8')), {
      name: 'sums',
      dataset: { path: 'qa.jsonl', input: 'question', target: 'answer' },
      prompts: ['prompts/sums.prompt.yml'],
      models: ['model'],
      metrics: [
        { 'exact-match': { extract: { regex: '(-?[0-9]+)', select: 'last' }, ignoreCase: true } },
        'multiple-choice',
        'latency',
        'cost',
      ],
    });
    assert.deepEqual(parse(readFileSync(path.join(folder, 'prompts/sums.prompt.yml'), 'utf8')), {
      name: 'sums',
      modelParameters: { temperature: 0, maxTokens: 16, stop: ['\n'] },
      messages: [{ role: 'user', content: 'Q: {{question}}\nA:' }],
    });
  });

  it('overwrites nothing unless told to', async () => {
    const { folder, file } = makeFolder('promptfooconfig.yaml', promptfoo);
    writeFileSync(path.join(folder, 'workbench.yaml'), 'connections: {}\n');
    const refused = await runAiwb(['convert', file], { cwd: folder });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /nothing was written/);
    assert.equal(existsSync(path.join(folder, 'capital-cities.bench.yaml')), false);
    const forced = await runAiwb(['convert', file, '--out', path.join(folder, 'made')], { cwd: folder });
    assert.equal(forced.code, 0, forced.stderr);
  });

  it('says what it does not know', async () => {
    for (const [text, said] of [
      ['hello: 1\n', /no configuration that is known/],
      ['a: [1\n', /cannot be read/],
      ['a: &a [*a]\n', /./],
    ] as const) {
      const { folder, file } = makeFolder('x.yaml', text);
      const { code, stderr } = await runAiwb(['convert', file], { cwd: folder });
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
  });
});
