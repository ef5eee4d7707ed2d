import assert from 'node:assert/strict';
import type { RegistryList } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary, makeModel, makeModelDetails, makeVersion } from '../../test/fakes/versions.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine, EngineState } from '../engine/engine.ts';
import { createRegistryBook, onModelsChanged } from './registry-book.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const list: RegistryList = {
  models: [
    makeModelDetails(
      makeModel({ aliases: { candidate: '2' }, versions: 2 }),
      makeVersion({ version: '2' }, { assessments: [makeAssessmentSummary({ id: 'a2', version: '2' })] }),
      makeVersion({ version: '1' }),
    ),
  ],
};

/** A book over one engine that holds `list`, until it is told to fail. */
function open(folder = '/w') {
  const changed = createEmitter<Nothing>();
  const states = createEmitter<EngineState>();
  const waiting: (() => void)[] = [];
  let failure: FailureError | undefined;
  let asked = 0;
  let isHeld = false;
  const engine = {
    folder,
    state: { kind: 'idle' } as EngineState,
    onRegistryChanged: changed.event,
    onStateChanged: states.event,
    async request() {
      asked++;
      if (isHeld) await new Promise<void>(resolve => waiting.push(resolve));
      if (failure) throw failure;
      return list;
    },
  } as unknown as Engine;
  const book = createRegistryBook({ all: () => [engine], onChanged: createEmitter<Nothing>().event }, quiet);
  return {
    book,
    changed,
    states,
    asked: () => asked,
    hold: () => (isHeld = true),
    release: () => waiting.shift()?.(),
    failWith: (code: string) => (failure = new FailureError({ code, message: code })),
    mend: () => (failure = undefined),
  };
}

describe('registry book', () => {
  it('asks once, and finds versions by number and alias', async () => {
    const { book, asked } = open();
    await Promise.all([book.load(), book.load()]);
    await book.load();
    assert.equal(asked(), 1);
    assert.equal(book.find({ model: 'triage', version: 'candidate' })?.details.version.version, '2');
    assert.equal(book.find({ model: 'triage', version: '1', folder: '/w' })?.details.version.version, '1');
    assert.equal(book.find({ model: 'triage', version: '1', folder: '/other' }), undefined);
    assert.equal(book.find({ model: 'triage', version: 'constructor' }), undefined);
    assert.equal(book.findAssessment('a2')?.details.version.version, '2');
    assert.equal(book.findAssessment('none'), undefined);
  });

  it('reads again when an engine says that the registry changed, also while a list is on its way', async () => {
    const { book, changed, asked, hold, release } = open();
    await book.load();
    hold();
    changed.fire(undefined);
    changed.fire(undefined);
    await settle();
    assert.equal(asked(), 2);
    release();
    await settle();
    assert.equal(asked(), 3);
    release();
    await settle();
    assert.equal(asked(), 3);
    assert.equal(book.state.kind, 'loaded');
  });

  it('keeps a failure until it is asked again', async () => {
    const { book, asked, failWith, mend } = open();
    failWith('store-busy');
    await book.load();
    assert.equal(book.state.kind, 'failed');
    await book.load();
    assert.equal(asked(), 1);
    mend();
    await book.load(true);
    assert.equal(book.state.kind, 'loaded');
    assert.equal(book.versions().length, 2);
  });

  it('tells of new lists apart from changes of state', async () => {
    const { book, states } = open();
    let times = 0;
    onModelsChanged(book, () => times++);
    await book.load();
    assert.equal(times, 1);
    states.fire({ kind: 'failed', failure: { code: 'internal', message: 'Gone.' } });
    assert.equal(book.state.kind, 'failed');
    assert.equal(times, 1);
  });
});
