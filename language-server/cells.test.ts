import assert from 'node:assert/strict';
import type {
  Diagnostic,
  Hover,
  Location,
  MarkupContent,
  PublishDiagnosticsParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { complete } from '../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';
import { readMarked } from '../test/fakes/marked.ts';

const rows = '{"text":"a","category":"x"}\n{"text":"b","category":"y"}\n';
const dataset = 'dataset: {path: data/rows.jsonl, input: text, target: category, split: {test: 50%}}\n';
const bench = `name: triage\n${dataset}models: [embedded:knn]\nmetrics: [accuracy]\n`;

describe('cells of a notebook', () => {
  let client: LanguageClient;
  let opened: string[];
  beforeEach(async () => {
    opened = [];
    client = await startLanguageClient({
      'workbench.yaml': '{}\n',
      'data/rows.jsonl': rows,
      'benches/t.bench.yaml': `# ours\nname: triage\ndescription: Which one?\n${dataset.replace('data/', '../data/')}models: [embedded:knn]\nmetrics: [accuracy]\n`,
      'benches/part.bench.yaml': `name: part\n${dataset.replace('data/', '../data/')}`,
    });
  });
  afterEach(() => client.stop());

  const cellUri = (name: string, notebook = 'story.ipynb'): string =>
    `${client.uri(notebook).replace('file://', 'vscode-notebook-cell:')}#${name}`;

  /** Opens cells in the notebook, in this order. */
  function open(cells: Readonly<Record<string, string>>, language = 'aiwb-bench'): void {
    for (const [name, text] of Object.entries(cells)) {
      client.open('', language, text, cellUri(name));
      opened.push(name);
    }
  }

  /** The findings of a cell once they are `wanted`, as `line:character code`. */
  async function expectFindings(name: string, ...wanted: string[]): Promise<PublishDiagnosticsParams> {
    const uri = cellUri(name);
    const isWanted = (params: PublishDiagnosticsParams): boolean =>
      JSON.stringify(describeAll(params)) === JSON.stringify(wanted);
    const last = client.published.findLast(params => params.uri === uri);
    if (last !== undefined && isWanted(last)) return last;
    return client.nextDiagnostics(uri, isWanted);
  }

  it('may call their results by names, and use files', async () => {
    open({ a: `as: first\n${bench}`, b: 'use: benches/t.bench.yaml\nas: second\nlimits: {concurrency: 2}' });
    await expectFindings('a');
    await expectFindings('b');
    open({ c: 'use: benches/part.bench.yaml', d: 'use: benches/part.bench.yaml\nmodels: [embedded:knn]' });
    const { diagnostics } = await expectFindings('c', '0:5 missing-field');
    assert.match(textOf(diagnostics[0]), /^In `benches\/part\.bench\.yaml`, as this cell uses it: Missing `models`/);
    await expectFindings('d');
  });

  it('are told what is wrong with what they say of the file they use', async () => {
    const use = 'use: benches/t.bench.yaml\n';
    open({
      a: `${use}modles: [a]`,
      b: `${use}dataset:\n  input: txet`,
      c: 'use: benches/none.bench.yaml',
      d: 'use: data/rows.jsonl',
      e: `${use}models: null`,
      f: `${use}models: [unheard]`,
      g: 'use: 7',
      h: `as: a b\n${bench}`,
    });
    await expectFindings('a', '1:0 unknown-field');
    const { diagnostics } = await expectFindings('b', '2:9 unknown-column');
    assert.match(textOf(diagnostics[0]), /txet.*`text`/);
    await expectFindings('c', '0:5 missing-file');
    await expectFindings('d', '0:5 not-allowed-value');
    await expectFindings('e', '1:0 missing-field');
    await expectFindings('f', '1:9 unknown-connection');
    await expectFindings('g', '0:5 wrong-type');
    await expectFindings('h', '0:4 bad-format');
  });

  it('follow the file they use, as the editor has it', async () => {
    open({ a: 'use: benches/part.bench.yaml' });
    await expectFindings('a', '0:5 missing-field');
    const file = client.open(
      'benches/part.bench.yaml',
      'aiwb-bench',
      `name: part\n${dataset.replace('data/', '../data/')}`,
    );
    const now = client.nextDiagnostics(cellUri('a'), ({ diagnostics }) => diagnostics.length === 0);
    client.change(file, `name: part\n${dataset.replace('data/', '../data/')}models: [embedded:knn]\n`);
    await now;
  });

  it('compare results of earlier cells', async () => {
    open({
      a: 'compare: [first, later]',
      b: `as: first\n${bench}`,
      c: 'compare: [first, frist]',
      d: `as: later\n${bench}compare: {against: first}\n`,
      e: `as: later\n${bench}compare: {against: nobody}\n`,
      f: 'compare: [first]\nbaselin: first',
    });
    await expectFindings('a', '0:10 later-result', '0:17 later-result');
    const { diagnostics } = await expectFindings('c', '0:17 unknown-result');
    assert.match(textOf(diagnostics[0]), /Did you mean `first`\?/);
    await expectFindings('d');
    await expectFindings('e', '0:4 duplicate-result', '5:19 unknown-result');
    await expectFindings('f', '0:9 wrong-length', '1:0 unknown-field');
  });

  it('hear of names that other cells give, and of their order', async () => {
    open({ a: 'compare: [one, two]', b: `as: one\n${bench}`, c: `as: two\n${bench}` });
    await expectFindings('a', '0:10 later-result', '0:15 later-result');
    client.notify('aiwb/cells', { cells: [cellUri('b'), cellUri('a'), cellUri('c')] });
    await expectFindings('a', '0:15 later-result');
    client.change(cellUri('b'), `as: other\n${bench}`);
    await expectFindings('a', '0:10 unknown-result', '0:15 later-result');
    client.close(cellUri('c'));
    await expectFindings('a', '0:10 unknown-result', '0:15 unknown-result');
    client.notify('aiwb/cells', { cells: 'none' });
    client.notify('aiwb/cells', null as unknown as object);
    client.change(cellUri('b'), `as: one\n${bench}`);
    await expectFindings('a', '0:15 unknown-result');
  });

  it('name checkpoints of their notebook, which no tuning job makes', async () => {
    open(
      { a: `as: tuned\nname: job\nbase: embedded:linear\naspects:\n  core-performance:\n    ${dataset}` },
      'aiwb-tune',
    );
    open({ b: bench.replace('embedded:knn', 'checkpoint:tuned@best') });
    await expectFindings('b');
  });

  it('leave files without their fields, and say so', async () => {
    const uri = client.open('x.bench.yaml', 'aiwb-bench', `as: first\nuse: benches/t.bench.yaml\n${bench}`);
    const { diagnostics } = await client.nextDiagnostics(uri, params => params.diagnostics.length > 0);
    assert.deepEqual(diagnostics.map(textOf), [
      'Only cells of notebooks have `as`: a benchmark is known by its own name.',
      'Only cells of notebooks have `use`: write what the benchmark is to hold into it.',
    ]);
  });

  async function offersAt(marked: string, name = 'x'): Promise<readonly string[]> {
    return (await complete(client, marked, 'aiwb-bench', '', cellUri(name))).labels;
  }

  it('are offered their fields, files and names', async () => {
    open({ a: `as: first\n${bench}`, b: `as: second\n${bench}` });
    open({ t: 'as: tuned\nname: job\nbase: embedded:linear\naspects: {}\n' }, 'aiwb-tune');
    const keys = await offersAt('‸');
    assert.ok(keys.includes('as') && keys.includes('use'), keys.join());
    assert.deepEqual((await offersAt('use: ‸')).slice(0, 2), ['benches/part.bench.yaml', 'benches/t.bench.yaml']);
    assert.deepEqual(await offersAt('compare: [first, ‸]'), ['second', 'tuned']);
    assert.deepEqual(await offersAt('compare:\n  - ‸'), ['first', 'second', 'tuned']);
    assert.deepEqual(await offersAt('compare: [first, second]\nbaseline: ‸'), ['first', 'second']);
    assert.deepEqual((await offersAt(`${bench}compare: {against: ‸}`)).slice(0, 3), ['first', 'second', 'last']);
    assert.ok((await offersAt('models: [‸]')).includes('checkpoint:tuned'));
    assert.deepEqual(await offersAt('as: ‸'), []);
    const required = await complete(client, 'use: benches/t.bench.yaml\n‸', 'aiwb-bench', '', cellUri('x'));
    assert.ok(required.items.every(({ detail }) => !(detail ?? '').includes('required')));
    const inFile = await complete(client, '‸', 'aiwb-bench', 'n.bench.yaml');
    assert.ok(!inFile.labels.includes('use'));
  });

  async function hoverAt(marked: string): Promise<string> {
    const { text, position } = readMarked(marked);
    const uri = client.open('', 'aiwb-bench', text, cellUri('hover'));
    const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    client.close(uri);
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  }

  it('are explained', async () => {
    open({ a: `as: first\n${bench}` });
    assert.match(await hoverAt('‸as: x'), /later cells of the notebook call the result/);
    assert.match(await hoverAt('u‸se: benches/t.bench.yaml'), /takes the place of the file's/);
    assert.match(await hoverAt('use: benches/t‸.bench.yaml'), /triage.*benchmark[^]*Which one\?/);
    assert.match(await hoverAt('compare: [fir‸st, other]'), /first.*result of cell 1, a benchmark[^]*triage/);
    assert.match(await hoverAt('comp‸are: [first, other]'), /set side by side/);
    assert.match(await hoverAt('compare: [a, b]\nbase‸line: a'), /Default: the first/);
  });

  it('lead from a name to the cell that gives it, and are renamed together', async () => {
    open({
      a: `as: first\n${bench}`,
      b: 'compare: [first, second]',
      c: `as: second\n${bench}compare: {against: "first"}\n`,
    });
    client.open('', 'aiwb-bench', `as: first\n${bench}`, cellUri('z', 'other.ipynb'));
    const at = { textDocument: { uri: cellUri('b') }, position: { line: 0, character: 12 } };
    const defined = await client.request<Location>('textDocument/definition', at);
    assert.deepEqual([defined.uri, defined.range.start], [cellUri('a'), { line: 0, character: 4 }]);
    const found = await client.request<Location[]>('textDocument/references', {
      ...at,
      context: { includeDeclaration: true },
    });
    assert.deepEqual(
      found.map(({ uri }) => uri).sort(),
      ['a', 'b', 'c'].map(name => cellUri(name)),
    );
    const { changes } = await client.request<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'plain' });
    assert.deepEqual(
      Object.keys(changes ?? {}).sort(),
      ['a', 'b', 'c'].map(name => cellUri(name)),
    );
    assert.deepEqual(
      Object.values(changes ?? {}).map(edits => edits.map(({ newText }) => newText)),
      [['plain'], ['plain'], ['plain']],
    );
    const bad = client.request('textDocument/rename', { ...at, newName: 'not so' });
    await assert.rejects(bad, /letters, digits/);
    await assert.rejects(client.request('textDocument/rename', { ...at, newName: 'second' }), /is a result `second`/);
    const links = await client.request<readonly { target: string }[]>('textDocument/documentLink', {
      textDocument: { uri: client.open('', 'aiwb-bench', 'use: benches/t.bench.yaml', cellUri('l')) },
    });
    assert.deepEqual(
      links.map(({ target }) => target),
      [client.uri('benches/t.bench.yaml')],
    );
  });

  it('become what they hold while they are written', async () => {
    open({ a: 'compare: [x' });
    client.change(cellUri('a'), `${bench}compare: {confidence: 2}`);
    await expectFindings('a', '4:22 out-of-range');
    client.change(cellUri('a'), 'compare: [x, y]\nconfidence: 2');
    await expectFindings('a', '1:12 out-of-range', '0:10 unknown-result', '0:13 unknown-result');
    client.change(cellUri('a'), 'use: benches/t.policy.yaml');
    await expectFindings('a', '0:5 missing-file');
  });
});

function describeAll({ diagnostics }: PublishDiagnosticsParams): readonly string[] {
  return diagnostics.map(
    ({ code, range: { start } }) => `${String(start.line)}:${String(start.character)} ${String(code)}`,
  );
}

function textOf(diagnostic: Diagnostic | undefined): string {
  const message = diagnostic?.message ?? '';
  return typeof message === 'string' ? message : message.value;
}
