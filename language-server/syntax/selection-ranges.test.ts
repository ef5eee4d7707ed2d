import assert from 'node:assert/strict';
import type { SelectionRange } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { readMarked } from '../../test/fakes/marked.ts';

describe('selection ranges', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient();
  });
  after(() => client.stop());

  /** The texts that a selection grows over; fails unless each is truly inside the next. */
  async function grow(marked: string, language: string, ending = '\n'): Promise<readonly string[]> {
    const { text, position } = readMarked(marked);
    const written = text.replaceAll('\n', ending);
    const document = TextDocument.create('x', 'x', 1, written);
    const uri = client.open(`s-${language}.yaml`, language, written);
    const [found] = await client.request<SelectionRange[]>('textDocument/selectionRange', {
      textDocument: { uri },
      positions: [position],
    });
    client.close(uri);
    const texts: string[] = [];
    const offset = document.offsetAt(position);
    let inner = [offset, offset];
    for (let at = found; at !== undefined; at = at.parent) {
      const [start, end] = [document.offsetAt(at.range.start), document.offsetAt(at.range.end)];
      assert.ok(start <= (inner[0] ?? 0) && (inner[1] ?? 0) <= end);
      assert.ok(texts.length === 0 || end - start > (inner[1] ?? 0) - (inner[0] ?? 0));
      inner = [start, end];
      texts.push(document.getText(at.range).replaceAll(ending, '\n'));
    }
    assert.equal(texts.at(-1), text);
    return texts;
  }

  const benchmark = `name: a
models:
  - gpt
  - registry:tri‸age@3
metrics: [accuracy]
`;

  it('grow over words, values, items, lists and fields', async () => {
    for (const ending of ['\n', '\r\n']) {
      assert.deepEqual((await grow(benchmark, 'aiwb-bench', ending)).slice(0, -1), [
        'triage',
        'registry:triage@3',
        '- registry:triage@3',
        '- gpt\n  - registry:triage@3',
        'models:\n  - gpt\n  - registry:triage@3',
        'name: a\nmodels:\n  - gpt\n  - registry:triage@3\nmetrics: [accuracy]',
      ]);
    }
    assert.deepEqual((await grow('gate: [{metric: f1, model: "g‸pt"}, {metric: f1}]\n', 'aiwb-bench')).slice(0, -1), [
      'gpt',
      '"gpt"',
      'model: "gpt"',
      '{metric: f1, model: "gpt"}',
      '[{metric: f1, model: "gpt"}, {metric: f1}]',
      'gate: [{metric: f1, model: "gpt"}, {metric: f1}]',
    ]);
    assert.deepEqual((await grow('- &x na‸me: 1\n  b: 2\n', 'aiwb-bench')).slice(0, 4), [
      'name',
      'name: 1',
      'name: 1\n  b: 2',
      '- &x name: 1\n  b: 2',
    ]);
  });

  it('grow over placeholders, lines and texts', async () => {
    const prompt = `messages:
  - role: user
    content: |
      Say {{ te‸xt | upper }} now.

      Twice.
`;
    assert.deepEqual((await grow(prompt, 'aiwb-prompt')).slice(0, 6), [
      'text',
      'text | upper',
      '{{ text | upper }}',
      'Say {{ text | upper }} now.',
      'Say {{ text | upper }} now.\n\n      Twice.',
      '|\n      Say {{ text | upper }} now.\n\n      Twice.',
    ]);
    assert.deepEqual((await grow('messages: [{content: "a 😀 {{‸x}} 😀 b"}]\n', 'aiwb-prompt')).slice(0, 4), [
      'x',
      '{{x}}',
      'a 😀 {{x}} 😀 b',
      '"a 😀 {{x}} 😀 b"',
    ]);
  });

  it('grow over comments', async () => {
    assert.deepEqual((await grow('a:\n  # the fi‸rst\n  # two\n  b: 1\n', 'aiwb-bench')).slice(0, 4), [
      'first',
      'the first',
      '# the first',
      '# the first\n  # two',
    ]);
  });

  it('grow by lines and indentation while the text is half typed', async () => {
    assert.deepEqual(await grow('a: "x\ngate:\n  - metric: f‸1\n    model: }\nb: [\n', 'aiwb-bench'), [
      'f1',
      'metric: f1',
      '- metric: f1',
      '- metric: f1\n    model: }',
      'gate:\n  - metric: f1\n    model: }',
      'a: "x\ngate:\n  - metric: f1\n    model: }\nb: [\n',
    ]);
  });

  it('are told for several places at once, and for empty documents', async () => {
    const uri = client.open('several.bench.yaml', 'aiwb-bench', 'name: a\n\nseed: 1\n');
    const found = await client.request<SelectionRange[]>('textDocument/selectionRange', {
      textDocument: { uri },
      positions: [
        { line: 0, character: 6 },
        { line: 1, character: 0 },
        { line: 2, character: 1 },
        { line: 99, character: 1 },
      ],
    });
    assert.deepEqual(
      found.map(({ range }) => [range.start.line, range.start.character, range.end.line, range.end.character]),
      [
        [0, 6, 0, 7],
        [0, 0, 2, 7],
        [2, 0, 2, 4],
        [0, 0, 3, 0],
      ],
    );
    assert.deepEqual(await grow('‸', 'aiwb-bench'), ['']);
    const other = client.open('other.yaml', 'yaml', 'a: 1\n');
    assert.equal(
      await client.request('textDocument/selectionRange', {
        textDocument: { uri: other },
        positions: [{ line: 0, character: 0 }],
      }),
      null,
    );
  });
});
