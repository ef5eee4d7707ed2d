import assert from 'node:assert/strict';
import { classifyCell } from './classify.ts';

const benchmark = 'name: a\ndataset: {path: x}\nmodels: [m]\n';

describe('classifyCell', () => {
  it('takes a bench cell as one whatever it holds', () => {
    assert.equal(classifyCell('aiwb-bench', 'nonsense'), 'bench');
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
  });
});
