import assert from 'node:assert/strict';
import type { ModelEntry } from '../../schemas/generated/messages.ts';
import { connectionsNotice, modelItem } from './model-items.ts';

const now = 10 * 60_000;
const connection: ModelEntry = {
  name: 'gpt',
  kind: 'connection',
  description: 'gpt-4o at https://api.openai.com/v1',
  model: 'gpt-4o',
  secret: 'openai',
  place: { path: '/w/workbench.yaml', line: 3 },
  last: { runId: 'r', benchmark: 'triage', label: 'Accuracy', value: 0.9, unit: 'ratio', endedAt: 0 },
};

describe('modelItem', () => {
  it('shows what a connection calls and how it did', () => {
    const item = modelItem(connection, now);
    assert.equal(item.description, 'gpt-4o · 90.0 % accuracy · 10 min ago');
    assert.equal(item.contextValue, 'aiwbModel connection hasSecret hasPlace');
    assert.match(item.tooltip, /Last: 90.0 % accuracy in triage/);
  });

  it('offers no key for an embedded model', () => {
    const item = modelItem({ name: 'embedded:knn', kind: 'embedded', description: 'Nearest neighbours.' }, now);
    assert.equal(item.description, '');
    assert.equal(item.contextValue, 'aiwbModel embedded');
  });
});

describe('icons of models', () => {
  it('tell kinds apart', () => {
    const kinds = ['connection', 'registered', 'checkpoint', 'embedded'] as const;
    const icons = kinds.map(kind => modelItem({ name: 'm', kind, description: '' }, now).icon);
    assert.equal(new Set(icons).size, kinds.length);
  });
});

describe('connectionsNotice', () => {
  it('leads to the next step', () => {
    assert.match(connectionsNotice(false, undefined).label, /Create workbench.yaml/);
    assert.match(connectionsNotice(true, undefined).label, /Add a connection/);
    assert.equal(connectionsNotice(true, { code: 'file-invalid', message: 'Bad.' }).label, 'Bad.');
  });
});
