import assert from 'node:assert/strict';
import { makeRegistryEntry } from '../../test/fakes/registry-rows.ts';
import { makeVersion } from '../../test/fakes/versions.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import type { Engine, EngineState } from '../engine/engine.ts';
import { createRegistryBook, nameOfPlace, referenceTo } from './registry-book.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** An engine of a folder that answers with what it is given, and tells what it was asked. */
function engineOf(folder: string, answers: Record<string, unknown>) {
  const changed = createEmitter<Nothing>();
  const states = createEmitter<EngineState>();
  const asked: { method: string; parameters: unknown }[] = [];
  const held: (() => void)[] = [];
  const control = { isHeld: false };
  const engine = {
    folder,
    state: { kind: 'idle' } as EngineState,
    onRegistryChanged: changed.event,
    onStateChanged: states.event,
    async request(method: string, parameters: unknown) {
      asked.push({ method, parameters });
      if (control.isHeld) await new Promise<void>(resolve => held.push(resolve));
      const answer = answers[method];
      if (answer === undefined) throw new FailureError({ code: 'registry-not-found', message: 'None.' });
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Engine;
  const times = (method: string): number => asked.filter(one => one.method === method).length;
  return { engine, changed, states, asked, times, answers, control, release: () => held.shift()?.() };
}

function open(...engines: ReturnType<typeof engineOf>[]) {
  return createRegistryBook(
    { all: () => engines.map(({ engine }) => engine), onChanged: createEmitter<Nothing>().event },
    quiet,
  );
}

const list = { registries: [makeRegistryEntry(), makeRegistryEntry({ name: 'shared', type: 'mlflow' })] };

describe('registry book', () => {
  it('asks for nothing before it is loaded, whatever the engines tell', async () => {
    const one = engineOf('/w', { 'registries/list': list });
    const book = open(one);
    one.changed.fire(undefined);
    one.states.fire({ kind: 'failed', failure: { code: 'internal', message: 'Gone.' } });
    await settle();
    assert.deepEqual(one.asked, []);
    assert.equal(book.state.kind, 'idle');
    book.dispose();
  });

  it('lists the registries once, and asks none of them', async () => {
    const one = engineOf('/w', { 'registries/list': list });
    const book = open(one);
    await Promise.all([book.load(), book.load()]);
    await book.load();
    assert.deepEqual(
      one.asked.map(({ method }) => method),
      ['registries/list'],
    );
    assert.equal(book.entry({ folder: '/w', registry: 'shared' })?.type, 'mlflow');
    assert.equal(book.entry({ folder: '/other', registry: 'shared' }), undefined);
    book.dispose();
  });

  it('lists again when an engine says that the registry changed, also while a list is on its way', async () => {
    const one = engineOf('/w', { 'registries/list': list });
    const book = open(one);
    await book.load();
    let told = 0;
    book.onContentChanged(() => told++);
    one.control.isHeld = true;
    one.changed.fire(undefined);
    await settle();
    assert.deepEqual([told, one.times('registries/list')], [1, 2]);
    void book.load(true);
    one.release();
    await settle();
    assert.equal(one.times('registries/list'), 3);
    one.release();
    await settle();
    assert.deepEqual([one.times('registries/list'), book.state.kind], [3, 'loaded']);
    book.dispose();
  });

  it('keeps a failure until it is asked again', async () => {
    const one = engineOf('/w', { 'registries/list': new FailureError({ code: 'store-busy', message: 'Busy.' }) });
    const book = open(one);
    await book.load();
    await book.load();
    assert.deepEqual([book.state.kind, one.times('registries/list')], ['failed', 1]);
    one.answers['registries/list'] = list;
    await book.load(true);
    assert.deepEqual([book.state.kind, book.folders().length], ['loaded', 1]);
    book.dispose();
  });

  it('finds a version in the folder that has it, of the registry that is named', async () => {
    const one = engineOf('/w', {});
    const other = engineOf('/x', { 'registry/version': makeVersion({ model: 'whisper', version: '3' }) });
    const book = open(one, other);
    const found = await book.find({ registry: 'shared', model: 'whisper', version: 'production' });
    assert.deepEqual([found.folder, found.registry, found.details.version.version], ['/x', 'shared', '3']);
    assert.deepEqual(other.asked[0]?.parameters, { model: 'whisper', version: 'production', registry: 'shared' });
    await assert.rejects(book.find({ folder: '/w', model: 'whisper', version: '3' }), (error: unknown) => {
      assert.deepEqual(toFailure(error), {
        code: 'registry-not-found',
        message: 'There is no whisper@3 in the registry of this workspace.',
      });
      return true;
    });
    await assert.rejects(book.find({ folder: '/gone', model: 'whisper', version: '3' }), /cannot be read here/);
    book.dispose();
  });

  it('tells failures of other kinds as they are', async () => {
    const broken = new FailureError({ code: 'registry-unreachable', message: 'No answer.' });
    const one = engineOf('/w', { 'registry/version': broken });
    const other = engineOf('/x', { 'registry/version': makeVersion() });
    const book = open(one, other);
    await assert.rejects(book.find({ model: 'triage', version: '1' }), broken);
    assert.deepEqual(other.asked, []);
    book.dispose();
  });
});

describe('names of versions', () => {
  it('leave the local registry unsaid', () => {
    assert.equal(nameOfPlace({ model: 'triage', version: '3', registry: 'local' }), 'triage@3');
    assert.equal(nameOfPlace({ model: 'triage', version: '3', registry: 'shared' }), 'shared/triage@3');
    assert.deepEqual(referenceTo({ model: 'triage', version: '3', registry: 'local' }), {
      model: 'triage',
      version: '3',
    });
  });
});
