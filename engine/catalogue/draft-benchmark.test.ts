import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDigest } from '../../platform/host/digest.ts';
import { createFiles } from '../../platform/files/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { diagnoseFile } from '../diagnostics/diagnose.ts';
import { draftBenchmark } from './draft-benchmark.ts';

const { signal } = new AbortController();
const ports = { files: createFiles(), digest: createDigest() };
const local = { local: { provider: 'openai', baseUrl: 'http://localhost:8000/v1', model: 'granite-3' } } as const;

describe('a drafted benchmark', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-draft-'));
    cpSync(path.resolve(import.meta.dirname, '../../examples'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function draft(
    request: Parameters<typeof draftBenchmark>[0],
    connections: Parameters<typeof draftBenchmark>[2] = {},
  ): Promise<{ text: string; notes: string[]; path: string; found: string[] }> {
    const drafted = await draftBenchmark(request, folder, connections, ports, signal);
    const file = path.join(folder, drafted.path);
    writeFileSync(file, drafted.text);
    const { diagnostics } = await diagnoseFile(file, ports.files, signal);
    const found = diagnostics.filter(({ severity }) => severity !== 'hint').map(({ message }) => message);
    return { ...drafted, found };
  }

  it('takes its columns over from a file that asks the same rows, and has nothing wrong', async () => {
    const { text, notes, found, path: file } = await draft({ dataset: { path: 'data/tickets.jsonl' } });
    assert.deepEqual(found, []);
    assert.equal(file, 'tickets.bench.yaml');
    assert.match(text, /split: \{field: split, train: train, test: test\}/);
    assert.match(notes.join(), /Columns as in/);
    const again = await draft({ dataset: { path: 'data/tickets.jsonl' } });
    assert.equal(again.path, 'tickets-2.bench.yaml');
  });

  it('chooses them where nobody asks the rows yet', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `"what is ${row}, please",${row % 2 ? 'odd' : 'even'},${row}`);
    writeFileSync(path.join(folder, 'numbers: all.csv'), `question,kind,row_id\n${rows.join('\n')}\n`);
    const { text, notes, found } = await draft({ dataset: { path: 'numbers: all.csv' } });
    assert.deepEqual(found, []);
    assert.match(text, /input: question\n {2}target: kind\n {2}split: \{test: 30%\}/);
    assert.match(notes.join(' '), /question, kind.*30 %/);
  });

  it('tries a prompt with a connection, and says where there is none', async () => {
    const request = { dataset: { path: 'data/covenants.jsonl' }, prompts: ['prompts/covenant.prompt.yml'] };
    const { text, found } = await draft(request, local);
    assert.deepEqual(found, []);
    assert.match(text, /models: \[.*local\]/);
    const without = await draft(request);
    assert.match(without.notes.join(' '), /declares none yet/);
  });

  it('is refused for data that cannot be read', async () => {
    writeFileSync(path.join(folder, 'empty.jsonl'), '');
    await assert.rejects(
      draftBenchmark({ dataset: { path: 'empty.jsonl' } }, folder, {}, ports, signal),
      (error: unknown) =>
        error instanceof WorkbenchError && error.code === 'dataset-invalid' && error.remedy !== undefined,
    );
  });
});
