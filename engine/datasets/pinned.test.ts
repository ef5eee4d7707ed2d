import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLanguageServerPorts } from '../../cli/lsp.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createDiagnoser } from '../diagnostics/diagnose.ts';
import { parseDocument } from '../documents/parse.ts';
import { digestOfFile, requirePinned } from './pinned.ts';

const rows = '{"q":"a","a":"x"}\n';
/** Of the bytes of `rows`. */
const pinned = 'sha256:5f92e0b62053b78350c9352d63080f3dc30194a233e6f8fc780a97e9740bd972';

describe('pinned datasets', () => {
  const files = createFiles();
  const digest = createDigest();
  const { signal } = new AbortController();
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-pinned-'));
    writeFileSync(path.join(folder, 't.jsonl'), rows);
    mkdirSync(path.join(folder, 'parts'));
    writeFileSync(path.join(folder, 'parts', 'test.csv'), 'q,a\nb,x\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function found(dataset: string, withDigest = true): Promise<readonly (readonly unknown[])[]> {
    const parsed = parseDocument('bench', `name: x\ndataset: {${dataset}}\nmodels: [embedded:majority]\n`);
    assert.deepEqual(parsed.diagnostics, []);
    const file = path.join(folder, 'x.bench.yaml');
    writeFileSync(file, parsed.text);
    const memory = { digest, of: () => Promise.resolve(undefined) };
    const { diagnostics } = await createDiagnoser(files, withDigest ? memory : undefined).diagnose(file, signal);
    return diagnostics.map(({ code, severity, replacement }) => [code, severity, replacement]);
  }

  it('is the SHA-256 of the bytes', async () => {
    assert.equal(await digestOfFile(files, digest, path.join(folder, 't.jsonl'), signal), pinned);
  });

  it('tells another content, and what cannot be pinned', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const plain = 'path: t.jsonl, input: q, target: a, split: {test: 30%}';
    assert.deepEqual(await found(`${plain}, digest: "${pinned}"`), []);
    assert.deepEqual(await found(`${plain}, digest: "${other}"`), [['dataset-digest-mismatch', 'error', pinned]]);
    assert.deepEqual(await found(`${plain}, digest: "${other}"`, false), []);
    const parts = 'path: parts, input: q, target: a, split: {train: test.csv, test: test.csv}';
    assert.deepEqual((await found(`${parts}, digest: "${other}"`, false)).map(([code]) => code).sort(), [
      'dataset-digest-mismatch',
      'missing-split',
    ]);
  });

  it('ends a run before anything is sent', async () => {
    const ports = createLanguageServerPorts(undefined);
    const file = path.join(folder, 'x.bench.yaml');
    const bench = (value: string): string =>
      `name: x\ndataset: {path: t.jsonl, input: q, target: a, digest: "${value}"}\nmodels: [gpt]\n`;
    const connections = 'connections:\n  gpt: {provider: openai, model: m}\n';
    writeFileSync(path.join(folder, 'workbench.yaml'), connections);
    assert.equal((await ports.estimate(file, folder, bench(pinned), signal)).rows, 1);
    const other = bench(`sha256:${'0'.repeat(64)}`);
    await assert.rejects(ports.estimate(file, folder, other, signal), { code: 'dataset-changed' });
  });

  it('holds a file to it', async () => {
    const file = path.join(folder, 't.jsonl');
    await requirePinned(files, digest, { path: 't.jsonl' }, file, signal);
    await requirePinned(files, digest, { path: 't.jsonl', digest: pinned }, file, signal);
    const changed = { path: 't.jsonl', digest: `sha256:${'0'.repeat(64)}` };
    await assert.rejects(requirePinned(files, digest, changed, file, signal), { code: 'dataset-changed' });
    const inFolder = { path: '.', digest: pinned };
    await assert.rejects(requirePinned(files, digest, inFolder, folder, signal), { code: 'dataset-changed' });
  });
});
