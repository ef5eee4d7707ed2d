import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { verifyAudit } from '../../engine/audit/verify.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { parseFilter } from '../../engine/registry/filter/parse.ts';
import { itKeepsTheRegistryContract, newFigure } from '../../test/fakes/registry-contract.ts';
import { ada, makeRecord, makeVersion } from '../../test/fakes/registry.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import type { LocalRegistry } from '../../engine/ports/registry.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createDigest } from '../host/digest.ts';
import { openStore } from './store.ts';

const signal = new AbortController().signal;

describe('the local registry', () => {
  let folder = '';
  let store: Store;
  let registry: LocalRegistry;
  const model = 'ticket-triage';

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock: createSetClock() });
    ({ registry } = store);
  });
  afterEach(async () => {
    assert.deepEqual((await verifyAudit(store, createDigest(), signal)).faults, []);
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  itKeepsTheRegistryContract(() => registry);

  it('edits descriptions and properties, and leaves them alone where nothing is new', async () => {
    await registry.createVersion(makeVersion({ customProperties: { team: 'a', old: 1 } }), { name: model }, ada);
    const edit = {
      description: 'Sorts tickets',
      customProperties: { team: 'b', old: undefined, 'aiw.endpoint_url': 'x' },
    };
    const edited = await registry.updateVersion(model, '1', edit, ada);
    assert.equal(edited.description, 'Sorts tickets');
    assert.deepEqual(edited.customProperties, { team: 'b', 'aiw.endpoint_url': 'x' });
    const entries = async () => (await store.ledger.readAudit(0, 100)).map(({ entry }) => entry.action);
    const before = await entries();
    await registry.updateVersion(model, '1', edit, ada);
    assert.deepEqual(await entries(), before);
    assert.equal(before.at(-1), 'version.edited');
    const changed = await registry.updateModel(model, { description: 'All of it' }, ada);
    assert.equal(changed.description, 'All of it');
    assert.equal((await entries()).at(-1), 'model.edited');
  });

  it('keeps what was sealed from being edited', async () => {
    await registry.createVersion(makeVersion(), { name: model }, ada);
    for (const key of ['aiw.weights_digest', 'aiw.status', 'aiw.baseline.core_accuracy', 'aiw.context.baseline.core'])
      await assert.rejects(
        registry.updateVersion(model, '1', { customProperties: { [key]: 'x' } }, ada),
        hasCode('usage'),
      );
    assert.deepEqual((await registry.getVersion(model, '1', signal)).customProperties, {});
  });

  it('archives single versions, which then go no further', async () => {
    await registry.createVersion(makeVersion(), { name: model }, ada);
    await registry.createVersion(makeVersion({ weightsDigest: 'b'.repeat(64) }), { name: model }, ada);
    assert.equal((await registry.setVersionArchived(model, '1', true, ada)).state, 'ARCHIVED');
    assert.deepEqual(await versionsOf({ model }), ['2']);
    assert.deepEqual(await versionsOf({ model, archived: true }), ['2', '1']);
    const promote = () =>
      store.ledger.append(makeRecord('promotion-1', { kind: 'promotion' }), [
        { type: 'status', model, version: '1', status: 'production' },
      ]);
    await assert.rejects(promote(), hasCode('usage'));
    assert.equal((await registry.setVersionArchived(model, '1', false, ada)).state, 'LIVE');
    await promote();
    assert.equal((await registry.getVersion(model, '1', signal)).status, 'production');
    await assert.rejects(
      registry.updateVersion(model, '1', { customProperties: { riskTier: 1 } }, ada),
      hasCode('usage'),
    );
    await registry.updateVersion(model, '1', { customProperties: { 'aiw.endpoint_url': 'https://x.example' } }, ada);
  });

  it('does not archive what is in production', async () => {
    await registry.createVersion(makeVersion(), { name: model }, ada);
    await store.ledger.append(makeRecord('promotion-1', { kind: 'promotion' }), [
      { type: 'alias', model, alias: 'production', version: '1' },
    ]);
    await assert.rejects(registry.setVersionArchived(model, '1', true, ada), hasCode('usage'));
  });

  it('shows what is measured as evaluated, and what is assessed as assessed', async () => {
    await registry.createVersion(makeVersion(), { name: model }, ada);
    const status = async () => (await registry.getVersion(model, '1', signal)).status;
    assert.equal(await status(), 'candidate');
    await registry.addArtifacts(model, '1', [{ ...newFigure('loss', 0.3), scope: 'tuning' }], ada);
    assert.equal(await status(), 'candidate');
    await registry.addArtifacts(model, '1', [newFigure('accuracy', 0.9)], ada);
    assert.equal(await status(), 'evaluated');
    await store.ledger.append(makeRecord('assessment-1', { kind: 'assessment' }));
    assert.equal(await status(), 'assessed');
    const { versions } = await store.catalogue.pageVersions({ registry: 'local' });
    assert.deepEqual(
      versions.map(row => row.status),
      ['assessed'],
    );
  });

  it('keeps content, and reads it back by its address', async () => {
    await registry.createVersion(makeVersion(), { name: model }, ada);
    const content = new TextEncoder().encode('# Card');
    const uri = await registry.putContent(model, '1', 'card.md', content, ada);
    assert.match(uri, /^blob:sha256:[0-9a-f]{64}$/);
    assert.deepEqual(Buffer.from(await registry.readContent(uri, signal)), Buffer.from(content));
    await assert.rejects(registry.readContent('blob:sha256:../../etc/passwd', signal), hasCode('blob-missing'));
    await assert.rejects(registry.readContent('file:///etc/passwd', signal), hasCode('blob-missing'));
    await assert.rejects(registry.putContent(model, '9', 'card.md', content, ada), hasCode('registry-not-found'));
  });

  it('evaluates filters itself, and pages through what they let through', async () => {
    for (let index = 0; index < 9; index += 1) {
      const name = `model-${index}`;
      const tasks = [index % 2 === 0 ? 'asr' : 'ocr'];
      const artifacts = [newFigure('accuracy', index / 10)];
      await registry.createVersion(makeVersion({ model: name, artifacts }), { name, tasks }, ada);
    }
    const filter = parseFilter('task:ASR core_accuracy>=0.2');
    const first = await registry.pageModels({ filter, limit: 2 }, signal);
    assert.deepEqual(
      first.items.map(({ name }) => name),
      ['model-2', 'model-4'],
    );
    assert.equal(first.residual, undefined);
    const rest = await registry.pageModels({ filter, limit: 2, after: first.next ?? '' }, signal);
    assert.deepEqual(
      rest.items.map(({ name }) => name),
      ['model-6', 'model-8'],
    );
    assert.equal(rest.next, undefined);
    await assert.rejects(registry.pageModels({ after: 'nonsense' }, signal), hasCode('usage'));
    assert.deepEqual(await versionsOf({ filter: parseFilter('accuracy>0.75') }), ['1']);
  });

  it('lists newest first by the time of change', async () => {
    for (const name of ['b', 'a', 'c']) await registry.createModel({ name }, ada);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await registry.pageModels(
        { order: 'updated', limit: 1, ...(after === undefined ? {} : { after }) },
        signal,
      );
      seen.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(seen, ['c', 'a', 'b']);
  });

  async function versionsOf(query: Parameters<LocalRegistry['pageVersions']>[0]): Promise<string[]> {
    return (await registry.pageVersions(query, signal)).items.map(({ version }) => version);
  }
});

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
