import assert from 'node:assert/strict';
import { classifyCell } from './classify.ts';

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
});
