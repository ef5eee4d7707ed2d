import assert from 'node:assert/strict';
import { makeModelRow, makeRegistryEntry, makeVersionRow } from '../../test/fakes/registry-rows.ts';
import { registeredModelItem, registryItem, versionContext, versionItem } from './registry-items.ts';

const now = 10 * 60_000;
const capabilities = makeRegistryEntry().capabilities;
const shared = makeRegistryEntry({
  name: 'shared',
  type: 'kubeflow',
  url: 'https://registry.example:8443/api/model_registry/v1alpha3',
  cache: { models: 1200, versions: 3400, syncedAt: now - 5 * 60_000 },
  capabilities: { ...capabilities, aliases: 'properties', keepsContent: false },
});

describe('registryItem', () => {
  it('says where it is and how old what is shown is', () => {
    const item = registryItem(shared, now);
    assert.equal(item.label, 'shared');
    assert.equal(item.description, 'registry.example:8443 · read 5 min ago');
    assert.match(item.tooltip, /1,200 models, 3,400 versions/);
    assert.equal(item.contextValue, 'aiwbRegistry remote');
  });

  it('says what cannot be done there', () => {
    const { tooltip } = registryItem({ ...shared, readOnly: true }, now);
    assert.match(tooltip, /keeps no files/);
    assert.match(tooltip, /knows no aliases itself/);
    assert.match(tooltip, /Nothing is written to it/);
    assert.doesNotMatch(tooltip, /cannot be archived/);
  });

  it('says that it does not answer, and why', () => {
    const failure = { code: 'registry-unreachable', message: 'No <answer>.', remedy: 'Try later.' };
    const item = registryItem({ ...shared, cache: { ...shared.cache, failure } }, now);
    assert.equal(item.description, 'registry.example:8443 · offline, read 5 min ago');
    assert.match(item.tooltip, /No &lt;answer&gt;\. Try later\./);
    assert.equal(registryItem({ ...shared, cache: { ...shared.cache, failure } }, now, true).color, undefined);
  });

  it('is never old where it is the local one', () => {
    assert.equal(registryItem(makeRegistryEntry(), now).description, '');
    assert.equal(registryItem(makeRegistryEntry(), now).label, 'Local Registry');
  });
});

describe('registeredModelItem', () => {
  it('says where its aliases point, production first, and which statuses its versions have', () => {
    const row = makeModelRow({
      versions: 3,
      latest: '3',
      aliases: { candidate: '3', production: '2' },
      statuses: ['approved'],
    });
    const item = registeredModelItem(row);
    assert.equal(item.description, '3 versions · production → 2, candidate → 3 · approved');
    assert.equal(item.contextValue, 'aiwbRegisteredModel local kept');
  });

  it('says which versions a filter leaves, and what the newest is called where versions have names', () => {
    const row = makeModelRow({ registry: 'shared', versions: 5, matching: 2, latest: 'v1.2', statuses: ['untracked'] });
    assert.equal(registeredModelItem(row, shared).description, '2 of 5 versions · latest v1.2');
  });

  it('says that it is archived', () => {
    const item = registeredModelItem(makeModelRow({ state: 'ARCHIVED' }));
    assert.equal(item.description, '1 version · archived');
    assert.equal(item.contextValue, 'aiwbRegisteredModel local archived');
  });

  it('offers nothing that its registry cannot do', () => {
    const row = makeModelRow({ registry: 'shared', url: 'javascript:alert(1)' });
    const limited = { ...shared, capabilities: { ...capabilities, archivesModels: false } };
    assert.equal(registeredModelItem(row, limited).contextValue, 'aiwbRegisteredModel remote');
    assert.equal(registeredModelItem(row, { ...shared, readOnly: true }).contextValue, 'aiwbRegisteredModel remote');
    const linked = { ...row, url: 'https://dash.example/m/1' };
    assert.equal(registeredModelItem(linked, shared).contextValue, 'aiwbRegisteredModel remote kept linked');
  });

  it('lets no foreign text become Markdown', () => {
    const { tooltip } = registeredModelItem(
      makeModelRow({ description: '[x](command:evil) <img src=x> **y** \u202e', provider: '[p](https://x.example)' }),
    );
    assert.ok(!/[^\\]\[[xp]/.test(tooltip), tooltip);
    assert.ok(!tooltip.includes('<img'));
    assert.ok(tooltip.includes('⟪U+202E⟫'));
  });
});

describe('versionItem', () => {
  const figure = {
    name: 'ttft_p90',
    label: 'TTFT p90',
    value: 182,
    unit: 'ms',
    direction: 'lower',
    scope: 'baseline',
  } as const;

  it('says status, aliases, verdict and what is pending in words', () => {
    const item = versionItem(
      makeVersionRow({ version: '3', aliases: ['candidate', 'shadow'], gate: 'passed', approvalRequested: true }),
    );
    assert.equal(item.label, 'Version 3');
    assert.equal(item.description, 'candidate · gate passed · approval requested · @shadow');
    assert.equal(item.color, 'testing.iconPassed');
  });

  it('says that nothing was assessed, where assessments are made', () => {
    assert.equal(versionItem(makeVersionRow()).description, 'candidate · not assessed');
    const elsewhere = versionItem(makeVersionRow({ registry: 'shared', version: 'v1.2', status: 'untracked' }));
    assert.deepEqual([elsewhere.label, elsewhere.description], ['v1.2', 'no status']);
  });

  it('shows at most two figures, with what they may be compared by in the tooltip', () => {
    const row = makeVersionRow({
      registry: 'shared',
      status: 'approved',
      figures: [
        { ...figure, hardware: '8 × NVIDIA H100', n: 1000 },
        { ...figure, name: 'b', label: 'Accuracy', value: 0.825, unit: 'ratio', dataset: 'clauses' },
        { ...figure, name: 'c', label: 'Third' },
      ],
    });
    const { description, tooltip } = versionItem(row);
    assert.equal(description, 'approved · 182 ms TTFT p90 · 82.5 % accuracy');
    assert.match(tooltip, /182 ms TTFT p90: 8 × NVIDIA H100 · dataset not recorded · n = 1,000/);
    assert.match(tooltip, /82\.5 % accuracy: hardware not recorded · dataset clauses/);
    assert.match(tooltip, /third/);
  });
});

describe('versionContext', () => {
  it('names what menus may offer', () => {
    assert.equal(versionContext(makeVersionRow()), 'aiwbVersion local candidate unassessed changeable');
    assert.equal(
      versionContext(makeVersionRow({ gate: 'passed' }), makeRegistryEntry()),
      'aiwbVersion local candidate assessed changeable kept requestApproval',
    );
    const elsewhere = makeVersionRow({ registry: 'shared', url: 'https://dash.example/v/1', state: 'ARCHIVED' });
    assert.equal(
      versionContext(elsewhere, shared),
      'aiwbVersion remote candidate unassessed linked changeable archived',
    );
    assert.equal(
      versionContext(elsewhere, { ...shared, readOnly: true }),
      'aiwbVersion remote candidate unassessed linked',
    );
    assert.match(versionContext(makeVersionRow({ status: 'approved', gate: 'passed' })), / baseline promote$/);
  });
});
