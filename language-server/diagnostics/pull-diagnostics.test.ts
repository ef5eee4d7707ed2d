import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CancellationTokenSource,
  LSPErrorCodes,
  type CancellationToken,
  type Diagnostic,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver';
import { createFiles } from '../../platform/files/files.ts';
import { bench, files } from '../../test/fakes/finding-files.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';

const codesOf = (found: readonly Diagnostic[]): unknown[] => found.map(({ code }) => code);

const pulling = {
  textDocument: { diagnostic: { dynamicRegistration: false, relatedDocumentSupport: false } },
  workspace: {
    configuration: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceFolders: true,
    diagnostics: { refreshSupport: true },
  },
};

describe('a client that asks for findings', () => {
  let client: LanguageClient;
  afterEach(() => client.stop());

  const pull = (uri: string, previousResultId?: string, token?: CancellationToken): Promise<DocumentDiagnosticReport> =>
    client.request(
      'textDocument/diagnostic',
      { textDocument: { uri }, ...(previousResultId !== undefined && { previousResultId }) },
      token && { token },
    );

  it('is answered, told what is unchanged, and sent nothing', async () => {
    client = await startLanguageClient(files, { capabilities: pulling });
    const uri = client.open('x.bench.yaml', 'aiwb-bench', bench('').replace('[gpt]', '[gtp]'));
    const first = full(await pull(uri));
    assert.deepEqual(codesOf(first.items), ['unknown-connection']);
    assert.deepEqual(await pull(uri, first.resultId), { kind: 'unchanged', resultId: first.resultId });
    client.change(uri, bench(''));
    const second = full(await pull(uri, first.resultId));
    assert.deepEqual(second.items, []);
    assert.notEqual(second.resultId, first.resultId);
    // Also of files that are not open, and of none at all.
    assert.deepEqual(full(await pull(client.uri('good.bench.yaml'))).items, []);
    assert.deepEqual(full(await pull(client.uri('gone.bench.yaml'))).items, []);
    assert.deepEqual(full(await pull('untitled:Untitled-1')).items, []);
    assert.deepEqual(client.published, []);
  });

  it('is asked to ask again when something else changes what was found', async () => {
    client = await startLanguageClient(files, { capabilities: pulling });
    const uri = client.open('x.bench.yaml', 'aiwb-bench', bench(''));
    assert.deepEqual(full(await pull(uri)).items, []);
    const before = client.refreshes();
    client.open('workbench.yaml', 'aiwb-workbench', 'connections: {other: {provider: openai, model: m}}\n');
    while (client.refreshes() === before) await delay(5);
    assert.deepEqual(codesOf(full(await pull(uri)).items), ['unknown-connection']);
  });

  it('is still sent those of notebook cells, which no editor asks for', async () => {
    client = await startLanguageClient(files, { capabilities: pulling });
    const cell = `${client.uri('story.ipynb').replace('file://', 'vscode-notebook-cell:')}#W0`;
    const answer = client.nextDiagnostics(cell);
    client.open('story.ipynb', 'aiwb-bench', bench('').replace('[gpt]', '[gtp]'), cell);
    assert.deepEqual(codesOf((await answer).diagnostics), ['unknown-connection']);
  });

  it('is told when it or an edit has ended a request', async () => {
    const gate = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<undefined>();
    const real = createFiles();
    const facts = async (path: string) => {
      if (path.endsWith('t.jsonl')) {
        reached.resolve(undefined);
        await gate.promise;
      }
      return real.facts(path);
    };
    client = await startLanguageClient(files, { capabilities: pulling, ports: { files: { ...real, facts } } });
    const uri = client.open('x.bench.yaml', 'aiwb-bench', bench(''));
    const source = new CancellationTokenSource();
    const cancelled = pull(uri, undefined, source.token);
    const moved = pull(uri);
    await reached.promise;
    source.cancel();
    client.change(uri, bench('', 'seed: 1\n'));
    await client.request('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 0 } });
    gate.resolve(undefined);
    await assert.rejects(cancelled, { code: LSPErrorCodes.RequestCancelled });
    await assert.rejects(moved, { code: LSPErrorCodes.ServerCancelled, data: { retriggerRequest: true } });
  });

  it('is given what the text shows, and asked to ask again for what slow files show', async () => {
    const gate = Promise.withResolvers<undefined>();
    const real = createFiles();
    const facts = async (path: string) => {
      if (path.endsWith('t.jsonl')) await gate.promise;
      return real.facts(path);
    };
    client = await startLanguageClient(files, { capabilities: pulling, ports: { files: { ...real, facts } } });
    const text = bench('').replace('input: text', 'input: txt').replace('name: x', 'name: !tag x');
    const uri = client.open('x.bench.yaml', 'aiwb-bench', text);
    const first = full(await pull(uri));
    assert.deepEqual(codesOf(first.items), ['unknown-tag']);
    const before = client.refreshes();
    gate.resolve(undefined);
    while (client.refreshes() === before) await delay(5);
    assert.deepEqual(codesOf(full(await pull(uri, first.resultId)).items), ['unknown-tag', 'unknown-column']);
  });
});

describe('findings of the whole workspace', () => {
  let client: LanguageClient;
  afterEach(() => client.stop());

  const count = 60;
  const many = {
    ...files,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `many/${String(index)}.tune.yaml`,
        index % 3 === 0 ? `name: t${String(index)}\n` : `# empty\n`,
      ]),
    ),
  };

  function pullAll(
    previous: readonly Reported[] = [],
    onPartial?: (items: readonly Reported[]) => void,
    token?: CancellationToken,
  ) {
    const previousResultIds = previous.flatMap(({ uri, resultId }) =>
      resultId === undefined ? [] : [{ uri, value: resultId }],
    );
    return client.request<{ items: Reported[] }>(
      'workspace/diagnostic',
      { previousResultIds },
      {
        ...(onPartial && { onPartial: (value: unknown) => onPartial((value as { items: Reported[] }).items) }),
        ...(token && { token }),
      },
    );
  }

  it('cover every file, and only what is new', async () => {
    client = await startLanguageClient(many, { capabilities: pulling });
    const { items } = await pullAll();
    assert.equal(items.length, count + 6);
    assert.ok(items.every(({ kind, version }) => kind === 'full' && version === null));
    const found = (uri: string) => items.find(item => item.uri === client.uri(uri))?.items ?? [];
    assert.deepEqual(codesOf(found('many/1.tune.yaml')), ['empty-file']);
    assert.deepEqual(codesOf(found('many/3.tune.yaml')), ['missing-field', 'missing-field']);
    assert.deepEqual(found('good.bench.yaml'), []);

    const again = await pullAll(items);
    assert.ok(again.items.every(({ kind }) => kind === 'unchanged'));
    const uri = client.open('good.bench.yaml', 'aiwb-bench', files['good.bench.yaml'].replace('[gpt]', '[gtp]'));
    await client.write('many/1.tune.yaml', '# still empty, but later\n\n\n');
    client.notifyFileChanged('many/1.tune.yaml');
    const third = (await pullAll(items)).items.filter(({ kind }) => kind === 'full');
    assert.deepEqual(
      third.map(item => [item.uri, item.version, codesOf(item.items ?? [])]),
      [[uri, 1, ['unknown-connection']]],
    );
  });

  it('come a few files at a time, and wait for a change when nothing is new', async () => {
    client = await startLanguageClient(many, { capabilities: pulling });
    const parts: (readonly Reported[])[] = [];
    const first = await pullAll([], items => parts.push(items));
    assert.deepEqual(first.items, []);
    assert.ok(parts.length >= 3);
    const all = parts.flat();
    assert.equal(all.length, count + 6);

    const later: Reported[] = [];
    let isOver = false;
    const waiting = pullAll(all, items => later.push(...items)).finally(() => (isOver = true));
    while (later.length < count + 6) await delay(5);
    assert.ok(later.every(({ kind }) => kind === 'unchanged'));
    assert.equal(isOver, false);
    await client.write('workbench.yaml', 'connections: {other: {provider: openai, model: m}}\n');
    client.notifyFileChanged('workbench.yaml');
    await waiting;
    const changed = later.filter(({ kind }) => kind === 'full');
    assert.deepEqual(
      changed.map(item => [item.uri, codesOf(item.items ?? [])]),
      [[client.uri('good.bench.yaml'), ['unknown-connection']]],
    );
  });

  it('end when the client gives up, and tell files that are gone', async () => {
    client = await startLanguageClient(many, { capabilities: pulling });
    const source = new CancellationTokenSource();
    const parts: Reported[] = [];
    const given = pullAll(
      [],
      items => {
        parts.push(...items);
        source.cancel();
      },
      source.token,
    );
    await assert.rejects(given, { code: LSPErrorCodes.RequestCancelled });
    assert.ok(parts.length < count);

    const gone = { uri: client.uri('gone.bench.yaml'), kind: 'full', resultId: '7' };
    const { items } = await pullAll([gone]);
    assert.deepEqual(
      items.find(({ uri }) => uri === gone.uri),
      { kind: 'full', uri: gone.uri, version: null, items: [] },
    );
  });
});

interface Reported {
  readonly uri: string;
  readonly kind: string;
  readonly version?: number | null;
  readonly resultId?: string;
  readonly items?: Diagnostic[];
}

function full(report: DocumentDiagnosticReport): Extract<DocumentDiagnosticReport, { kind: 'full' }> {
  return report.kind === 'full' ? report : assert.fail('unchanged');
}
