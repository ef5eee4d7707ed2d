import assert from 'node:assert/strict';
import { makeModelRow } from '../../test/fakes/registry-rows.ts';
import { groupModels, readGrouping } from './group-models.ts';

const models = [
  makeModelRow({ name: 'a', provider: 'Zeta', tasks: ['ocr', 'asr'], statuses: ['candidate', 'production'] }),
  makeModelRow({ name: 'b', provider: 'Acme', statuses: ['revoked'] }),
  makeModelRow({ name: 'c', tasks: [''] }),
];
const words = (by: 'provider' | 'task' | 'status') =>
  groupModels(models, by).map(({ label, models }) => `${label}: ${models.map(({ name }) => name).join(' ')}`);

describe('groupModels', () => {
  it('puts a model under everything it has, and those that have nothing last', () => {
    assert.deepEqual(words('provider'), ['Acme: b', 'Zeta: a', 'No provider: c']);
    assert.deepEqual(words('task'), ['asr: a', 'ocr: a', 'No task: b c']);
  });

  it('orders statuses from production on', () => {
    assert.deepEqual(words('status'), ['production: a', 'candidate: a', 'revoked: b', 'No version: c']);
  });

  it('reads what was kept, whatever it is', () => {
    assert.equal(readGrouping('task'), 'task');
    assert.equal(readGrouping({ by: 'task' }), 'none');
  });
});
