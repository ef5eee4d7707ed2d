import assert from 'node:assert/strict';
import { classifyCell, topLevelKeys, topLevelScalar } from './cells.ts';

const benchmark = 'name: a\ndataset: {path: x}\nmodels: [m]\n';
const tuningJob = 'name: a\nbase: embedded:linear\naspects:\n  core-performance:\n    dataset: {path: x}\n';
const policy = 'id: a.b\nversion: 1.0.0\nlevel: team\n';

describe('classifyCell', () => {
  it('takes a bench cell as one whatever it holds', () => {
    assert.equal(classifyCell('aiwb-bench', 'nonsense'), 'bench');
  });

  it('tells our languages apart whatever they hold', () => {
    assert.equal(classifyCell('aiwb-tune', benchmark), 'tune');
    assert.equal(classifyCell('aiwb-policy', benchmark), 'policy');
  });

  it('knows tuning jobs and policies in yaml cells by their keys', () => {
    assert.equal(classifyCell('yaml', tuningJob), 'tune');
    assert.equal(classifyCell('yaml', policy), 'policy');
    assert.equal(classifyCell('yaml', 'id: a\nversion: 1.0.0'), 'other');
    assert.equal(classifyCell('yaml', 'name: a\nbase: embedded:linear'), 'other');
  });

  it('takes a yaml cell with the required keys as a benchmark, in any order and quoting', () => {
    assert.equal(classifyCell('yaml', benchmark), 'bench');
    assert.equal(classifyCell('yaml', `# note\r\n"models":\r\n  - m\r\n'dataset':\r\n  path: x\r\nname : a`), 'bench');
  });

  it('leaves other yaml alone', () => {
    assert.equal(classifyCell('yaml', 'name: a\nmodels: [m]'), 'other');
    assert.equal(classifyCell('yaml', 'outer:\n  name: a\n  dataset: b\n  models: c'), 'other');
  });

  it('sees an empty cell under its comments', () => {
    assert.equal(classifyCell('aiwb-bench', ' \n # later\n'), 'empty');
  });

  it('does not take other languages', () => {
    assert.equal(classifyCell('python', benchmark), 'other');
    assert.equal(classifyCell('constructor', benchmark), 'other');
  });

  it('takes a cell that uses a file for what the file is', () => {
    assert.equal(classifyCell('yaml', 'use: benches/triage.bench.yaml\nlimits: {budget: 1}'), 'bench');
    assert.equal(classifyCell('yaml', 'use: "a.tune.yml"'), 'tune');
    assert.equal(classifyCell('aiwb-bench', 'use: a.policy.yaml'), 'policy');
    assert.equal(classifyCell('yaml', 'use: a.prompt.yml\nmodels: [gpt]'), 'prompt');
    assert.equal(classifyCell('yaml', 'use: notes.txt'), 'other');
  });

  it('tells a comparison of earlier results from a benchmark that compares its models', () => {
    assert.equal(classifyCell('yaml', 'compare: [first, second]'), 'compare');
    assert.equal(classifyCell('aiwb-bench', 'compare:\n  - first\n  - second'), 'compare');
    assert.equal(classifyCell('yaml', benchmark + '\ncompare: {baseline: m}'), 'bench');
  });

  it('knows a prompt by its messages', () => {
    assert.equal(classifyCell('yaml', 'messages:\n  - {role: user, content: Hi}'), 'prompt');
    assert.equal(classifyCell('aiwb-prompt', 'anything'), 'prompt');
    assert.equal(classifyCell('yaml', `${benchmark}messages: []`), 'prompt');
  });
});

describe('topLevelKeys', () => {
  it('finds keys in the first column only, in any quoting', () => {
    const keys = topLevelKeys(`id: a\n"version": 1\r\n'level' : team\n  inner: x\n- item: y\n#no: z`);
    assert.deepEqual([...keys], ['id', 'version', 'level']);
  });
});

describe('topLevelScalar', () => {
  it('reads the value without quotes and comment', () => {
    assert.equal(topLevelScalar('version: 1\nid: "acme.ai" # ours\n', 'id'), 'acme.ai');
    assert.equal(topLevelScalar('id:\n', 'id'), undefined);
    assert.equal(topLevelScalar('outer:\n  id: x\n', 'id'), undefined);
  });
});
