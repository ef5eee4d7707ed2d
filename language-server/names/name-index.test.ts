import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Location, SymbolInformation } from 'vscode-languageserver';
import { createLanguageServerPorts } from '../../cli/lsp.ts';
import {
  startLanguageClient,
  type LanguageClient,
  type LanguageClientOptions,
} from '../../test/fakes/language-client.ts';

type Files = Readonly<Record<string, string>>;

/** Places that name what stands at a place, as `file:line`. */
async function find(client: LanguageClient, uri: string, line: number, character: number): Promise<readonly string[]> {
  const found = await client.request<Location[]>('textDocument/references', {
    textDocument: { uri },
    position: { line, character },
    context: { includeDeclaration: true },
  });
  return found.map(place => `${place.uri.replace(`${client.uri('')}/`, '')}:${place.range.start.line}`).sort();
}

async function withClient(
  files: Files,
  run: (client: LanguageClient) => Promise<void>,
  options?: LanguageClientOptions,
): Promise<void> {
  const client = await startLanguageClient(files, options);
  try {
    await run(client);
  } finally {
    await client.stop();
  }
}

const workbench = 'connections:\n  gpt: {provider: openai}\n';
const watching = { didChangeWatchedFiles: { dynamicRegistration: true } };
const unwatched: LanguageClientOptions = { capabilities: {} };

/** 300 files in folders, of which every tenth names gpt. */
function generate(): Files {
  const files: Record<string, string> = { 'workbench.yaml': workbench };
  for (let index = 0; index < 300; index++) {
    files[`team${index % 7}/b${index}.bench.yaml`] =
      `name: b${index}\ndataset: {path: d.csv, input: text}\nmodels: [${index % 10 === 0 ? 'gpt' : 'embedded:knn'}]\n`;
  }
  return files;
}

describe('the index of names', () => {
  it('sees one changed file of many, and reads no other again', async () => {
    const files = generate();
    const read: string[] = [];
    const ports = createLanguageServerPorts(undefined);
    const counting = {
      ...ports.files,
      readText: (file: string, ...rest: [AbortSignal, number?]) => {
        read.push(path.basename(file));
        return ports.files.readText(file, ...rest);
      },
    };
    await withClient(
      files,
      async client => {
        const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
        assert.equal((await find(client, uri, 1, 3)).length, 31);
        assert.equal(new Set(read).size, 300);
        read.length = 0;
        await client.write('team1/b1.bench.yaml', 'name: b1\nmodels:\n  - gpt\n');
        client.notifyFileChanged('team1/b1.bench.yaml');
        const found = await find(client, uri, 1, 3);
        assert.equal(found.length, 32);
        assert.ok(found.includes('team1/b1.bench.yaml:2'));
        assert.deepEqual(read, ['b1.bench.yaml']);
      },
      { ports: { files: counting } },
    );
  });

  it('takes open documents as they are in the editor, and files again once they are closed', async () => {
    await withClient({ 'workbench.yaml': workbench, 'a.bench.yaml': 'models: [gpt]\n' }, async client => {
      const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
      const bench = client.open('a.bench.yaml', 'aiwb-bench', 'models:\n  - gpt\n  - gpt\n');
      assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:1', 'a.bench.yaml:2', 'workbench.yaml:1']);
      client.change(bench, '\nmodels: [gpt]\n');
      assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:1', 'workbench.yaml:1']);
      client.close(bench);
      assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:0', 'workbench.yaml:1']);
    });
  });

  it('notices files that came, went and changed without a word', async () => {
    const files = { 'workbench.yaml': workbench, 'a.bench.yaml': 'models: [gpt]\n', 'b.bench.yaml': 'models: [gpt]\n' };
    await withClient(
      files,
      async client => {
        const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
        assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:0', 'b.bench.yaml:0', 'workbench.yaml:1']);
        await client.write('a.bench.yaml', '# now here\n\nmodels: [gpt]\n');
        await rm(path.join(client.folder, 'b.bench.yaml'));
        await client.write('sub/c.bench.yaml', 'models: [gpt]\n');
        assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:2', 'sub/c.bench.yaml:0', 'workbench.yaml:1']);
        // A workspace of its own begins: the name there is another.
        await client.write('sub/workbench.yaml', workbench);
        assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:2', 'workbench.yaml:1']);
      },
      unwatched,
    );
  });

  it('never answers with places in a file that has changed, even before a watcher tells', async () => {
    await withClient({ 'workbench.yaml': workbench, 'a.bench.yaml': 'models: [gpt]\n' }, async client => {
      const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
      assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:0', 'workbench.yaml:1']);
      await client.write('a.bench.yaml', '# moved down\nmodels: [gpt]\n');
      assert.deepEqual(await find(client, uri, 1, 3), ['a.bench.yaml:1', 'workbench.yaml:1']);
      await rm(path.join(client.folder, 'a.bench.yaml'));
      assert.deepEqual(await find(client, uri, 1, 3), ['workbench.yaml:1']);
    });
  });

  it('begins anew where a workspace begins or ends', async () => {
    const files = { 'workbench.yaml': workbench, 'sub/a.bench.yaml': 'models: [gpt]\n' };
    await withClient(files, async client => {
      const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
      assert.equal((await find(client, uri, 1, 3)).length, 2);
      await client.write('sub/workbench.yml', workbench);
      client.notifyFileChanged('sub/workbench.yml');
      assert.deepEqual(await find(client, uri, 1, 3), ['workbench.yaml:1']);
      await rm(path.join(client.folder, 'sub/workbench.yml'));
      client.notifyFileChanged('sub/workbench.yml');
      assert.equal((await find(client, uri, 1, 3)).length, 2);
    });
  });

  it('takes each cell of a notebook by itself', async () => {
    const files = { 'workbench.yaml': workbench, 'data/d.csv': 'text,label\n', 'a.bench.yaml': 'models: [gpt]\n' };
    await withClient(files, async client => {
      const notebook = client.uri('nb/x.ipynb').replace('file:', 'vscode-notebook-cell:');
      const [first, second] = [`${notebook}#W0`, `${notebook}#W1`];
      client.open('', 'aiwb-bench', 'dataset: {path: ../data/d.csv, input: text}\nmodels: [gpt]\n', first);
      client.open('', 'aiwb-bench', 'models: [gpt]\n', second);
      client.open('', 'aiwb-policy', 'id: gpt\n', `${notebook}#W2`);
      const all = ['a.bench.yaml:0', `${first}:1`, `${second}:0`, 'workbench.yaml:1'].sort();
      assert.deepEqual(await find(client, second, 0, 9), all);
      assert.deepEqual(await find(client, first, 0, 40), ['data/d.csv:0', `${first}:0`]);
      client.close(second);
      assert.deepEqual(
        await find(client, first, 1, 9),
        all.filter(place => !place.startsWith(second)),
      );
    });
  });

  it('keeps names of two opened folders apart, and files together', async () => {
    const files = {
      'one/a.bench.yaml': 'dataset: {path: ../shared/d.csv}\nmodels: [gpt]\n',
      'two/b.bench.yaml': 'dataset: {path: ../shared/d.csv}\nmodels: [gpt]\n',
      'two/c.bench.yaml': 'models: [gpt]\n',
      'three/d.bench.yaml': 'models: [gpt]\n',
      'shared/d.csv': 'a\n',
    };
    await withClient(
      files,
      async client => {
        const uri = client.open('two/b.bench.yaml', 'aiwb-bench', files['two/b.bench.yaml']);
        assert.deepEqual(await find(client, uri, 1, 9), ['two/b.bench.yaml:1', 'two/c.bench.yaml:0']);
        assert.deepEqual(await find(client, uri, 0, 20), ['one/a.bench.yaml:0', 'two/b.bench.yaml:0']);
        const symbols = await client.request<SymbolInformation[]>('workspace/symbol', { query: '' });
        assert.deepEqual(symbols, []);
      },
      { roots: ['one', 'two'] },
    );
  });

  it('brings in the workspace of a document that lies outside the opened folders', async () => {
    const files = {
      'open/a.bench.yaml': 'models: [gpt]\n',
      'else/workbench.yaml': workbench,
      'else/b.bench.yaml': 'models: [gpt]\n',
      'else/sub/c.bench.yaml': 'models: [gpt]\n',
    };
    await withClient(
      files,
      async client => {
        const uri = client.open('else/b.bench.yaml', 'aiwb-bench', files['else/b.bench.yaml']);
        const own = ['else/b.bench.yaml:0', 'else/sub/c.bench.yaml:0', 'else/workbench.yaml:1'];
        assert.deepEqual(await find(client, uri, 0, 9), own);
        client.close(uri);
        const other = client.open('open/a.bench.yaml', 'aiwb-bench', files['open/a.bench.yaml']);
        assert.deepEqual(await find(client, other, 0, 9), ['open/a.bench.yaml:0']);
      },
      { roots: ['open'] },
    );
  });

  it('helps in documents without a file as far as they go', async () => {
    await withClient({}, async client => {
      const uri = client.open(
        '',
        'aiwb-bench',
        'models: [embedded:knn]\ngate: [{model: embedded:knn}]\n',
        'untitled:A',
      );
      assert.deepEqual(await find(client, uri, 0, 12), ['untitled:A:0', 'untitled:A:1']);
      client.open('', 'aiwb-bench', 'dataset: {path: d.csv, input: a}\nmodels: [gpt]\n', 'untitled:B');
      assert.deepEqual(await find(client, 'untitled:B', 1, 10), ['untitled:B:1']);
      assert.deepEqual(await find(client, 'untitled:B', 0, 18), []);
    });
  });

  it('shows what it reads, answers with what it has when that is stopped, and reads on when asked again', async () => {
    const ports = createLanguageServerPorts(undefined);
    let readyToStop: (() => void) | undefined;
    const stopped = new Promise<void>(resolve => (readyToStop = resolve));
    let count = 0;
    const slow = {
      ...ports.files,
      async readText(file: string, signal: AbortSignal, limit?: number) {
        count += 1;
        if (count > 150) await stopped;
        return ports.files.readText(file, signal, limit);
      },
    };
    const options: LanguageClientOptions = {
      capabilities: { window: { workDoneProgress: true }, workspace: watching },
      ports: { files: slow },
    };
    await withClient(
      generate(),
      async client => {
        const uri = client.open('workbench.yaml', 'aiwb-workbench', workbench);
        const first = find(client, uri, 1, 3);
        const begun = await client.nextProgress(({ kind }) => kind === 'begin');
        client.notify('window/workDoneProgress/cancel', { token: begun.token });
        // Answered in order, so the server knows by then.
        await client.request('textDocument/documentLink', { textDocument: { uri } });
        readyToStop?.();
        const some = (await first).length;
        assert.ok(some < 31, `${some} places were found`);
        assert.equal((await client.nextProgress(({ kind }) => kind === 'end')).token, begun.token);
        assert.equal((await find(client, uri, 1, 3)).length, 31);
      },
      options,
    );
  });
});

describe('workspace symbols', () => {
  const files: Files = {
    'workbench.yaml': 'connections: {gpt: {}}\ncompute: {farm: {}}\n',
    'sub/a.bench.yaml': 'name: ticket-triage\nmodels: [gpt]\n',
    'j.tune.yaml': 'name: triage-job\nregister: {model: triage-model}\n',
    'base.policy.yaml': 'id: base\ncontrols: [{id: FAIR-01, title: Alike for all, checks: [{id: FAIR-01.gap}]}]\n',
    'team.policy.yaml': 'id: team\nextends: [{id: base}]\ncontrols: [{id: FAIR-01, checks: [{id: FAIR-01.gap}]}]\n',
    'p/triage.prompt.yml': 'messages: []\n',
  };
  const cases: readonly (readonly [query: string, names: readonly string[]])[] = [
    [
      '',
      [
        'FAIR-01 Alike for all',
        'FAIR-01.gap',
        'base',
        'farm',
        'gpt',
        'p/triage.prompt.yml',
        'team',
        'ticket-triage',
        'triage-job',
        'triage-model',
      ],
    ],
    ['TRIAGE', ['triage-job', 'triage-model', 'ticket-triage', 'p/triage.prompt.yml']],
    ['tkt', ['ticket-triage']],
    ['trj', ['triage-job']],
    ['alike', ['FAIR-01 Alike for all']],
    ['f01', ['FAIR-01.gap', 'FAIR-01 Alike for all']],
    ['xyz', []],
  ];
  for (const [query, names] of cases) {
    it(`finds what is declared by “${query}”`, async () => {
      await withClient(files, async client => {
        const symbols = await client.request<SymbolInformation[]>('workspace/symbol', { query });
        const found = symbols.map(({ name }) => name);
        if (query === '') assert.deepEqual(found.toSorted(), names);
        else if (query === 'TRIAGE') {
          assert.deepEqual(new Set(found), new Set(names));
          assert.deepEqual(found.slice(0, 2), names.slice(0, 2));
        } else assert.deepEqual(found, names);
      });
    });
  }

  it('tells the file, and where in it, and is bounded', async () => {
    const many = Array.from({ length: 400 }, (_, index) => `  c${index}: {}`).join('\n');
    await withClient({ ...files, 'big/workbench.yaml': `connections:\n${many}\n` }, async client => {
      const [symbol] = await client.request<SymbolInformation[]>('workspace/symbol', { query: 'ticket' });
      assert.equal(symbol?.containerName, 'sub/a.bench.yaml');
      assert.deepEqual(symbol.location, {
        uri: client.uri('sub/a.bench.yaml'),
        range: { start: { line: 0, character: 6 }, end: { line: 0, character: 19 } },
      });
      const all = await client.request<SymbolInformation[]>('workspace/symbol', { query: '' });
      assert.equal(all.length, 256);
    });
  });
});
