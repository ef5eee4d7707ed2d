import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createHost, createRunPorts } from '../../cli/composition.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import type { Store } from '../ports/store.ts';
import { executeRun } from './execute.ts';

describe('a run whose figures cannot be published', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());

  it('succeeds all the same, and tells what to do', async () => {
    const { folder, ports } = world;
    writeFileSync(path.join(folder, 'rows.jsonl'), '{"q":"a","a":"x","s":"train"}\n{"q":"b","a":"x","s":"test"}\n');
    const text =
      'name: b\ndataset: {path: rows.jsonl, input: q, target: a, split: {field: s, train: train, test: test}}\n' +
      'models: ["embedded:majority"]\nmetrics: [accuracy]\n';
    const spec = {
      kind: 'benchmark',
      text,
      path: path.join(folder, 'b.bench.yaml'),
      file: 'b.bench.yaml',
      name: 'b',
      folder,
      origin: 'terminal',
    } as const;
    await ports.store.createRun({ id: 'run-b', spec, createdAt: 1 });
    const fault = new Error('the registry is out');
    const store: Store = {
      ...ports.store,
      registry: { ...ports.store.registry, findByModelDigest: () => Promise.reject(fault) },
    };
    const runPorts = await createRunPorts(
      createHost(),
      { folder, path: undefined, text: '', config: {} },
      {
        secrets: { resolve: () => Promise.reject(new Error('no secret is needed')) },
        allowsProgram: () => false,
      },
      {},
      signal,
    );
    const notes: string[] = [];
    const owner = { host: 'here', bootId: 'b', pid: 1 };
    const { summary } = await executeRun('run-b', store, runPorts, { owner, onNote: note => notes.push(note) }, signal);
    assert.equal(summary.state, 'succeeded', JSON.stringify(summary.failure));
    assert.match(notes.join('\n'), /the registry is out[\s\S]*aiwb registry publish run-b/);
  });
});
