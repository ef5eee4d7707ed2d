import assert from 'node:assert/strict';
import type { CompletionItem, MarkupContent } from 'vscode-languageserver';
import { complete, type Completed } from '../../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';

const workspace = {
  'workbench.yaml': 'connections: {}\n',
  'data/t.jsonl': '{"text":"a","label":"x","two words":"b"}\n',
  'data/other.csv': 'clause,law\na,b\n',
  'prompts/used.prompt.yml': 'messages: []\n',
  't.bench.yaml':
    'name: tickets\ndataset: {path: data/t.jsonl, input: text, target: label}\nprompts: [prompts/used.prompt.yml]\nmodels: [gpt]\n',
  'sub/o.bench.yaml':
    'name: clauses\ndataset: {path: ../data/other.csv, input: clause, target: law}\nmodels: [gpt]\nmetrics: [{judge: {prompt: ../prompts/judge.prompt.yml}}]\n',
};

describe('completion inside templates', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient(workspace);
  });
  after(() => client.stop());

  const at = (marked: string, name = 'prompts/used.prompt.yml'): Promise<Completed> =>
    complete(client, marked, name.endsWith('workbench.yaml') ? 'aiwb-workbench' : 'aiwb-prompt', name);

  it('offers the columns of the benchmarks that use the prompt, in every style of text', async () => {
    const table: readonly (readonly [marked: string, expected: string])[] = [
      [
        'messages:\n  - role: user\n    content: |\n      # Read\n      Hi {{ te‸\n      there\n',
        'messages:\n  - role: user\n    content: |\n      # Read\n      Hi {{ text }}\n      there\n',
      ],
      [
        'messages:\n  - role: user\n    content: >-\n      Hi {{te‸}} there\n',
        'messages:\n  - role: user\n    content: >-\n      Hi {{text}} there\n',
      ],
      [
        'messages:\n  - {role: user, content: "a \\"b\\" {{ ‸"}\n',
        'messages:\n  - {role: user, content: "a \\"b\\" {{ text }}"}\n',
      ],
      [
        "messages: [{role: user, content: 'it''s {{ t‸ext }}'}]\n",
        "messages: [{role: user, content: 'it''s {{ text }}'}]\n",
      ],
      [
        'messages:\n  - role: user\n    content: Hi {{ te‸\n',
        'messages:\n  - role: user\n    content: Hi {{ text }}\n',
      ],
      [
        'messages:\n  - role: user\n    content: "Hi {{ te‸\n',
        'messages:\n  - role: user\n    content: "Hi {{ text }}\n',
      ],
      [
        'messages:\r\n  - content:\r\n      - type: image\r\n        image: "{{‸}}"\r\n',
        'messages:\r\n  - content:\r\n      - type: image\r\n        image: "{{text}}"\r\n',
      ],
      ['messages:\n  - content: "😀 {{ te‸ }} {{ x }}"\n', 'messages:\n  - content: "😀 {{ text }} {{ x }}"\n'],
    ];
    for (const [marked, expected] of table) {
      const offered = await at(marked);
      assert.deepEqual(offered.labels.slice(0, 2), ['text', 'label'], marked);
      assert.equal(offered.take('text'), expected);
    }
    const { items } = await at('messages: [{role: user, content: "{{ ‸ }}"}]');
    const item = items.find(({ label }) => label === 'label');
    assert.equal(item?.detail, 'column of tickets');
    const resolved = await client.request<CompletionItem>('completionItem/resolve', item);
    assert.match(
      (resolved.documentation as MarkupContent).value,
      /Column `label` of `data\/t\.jsonl`, with values such as `x`/,
    );
  });

  it('knows where in a placeholder it is', async () => {
    const content = (text: string): string => `messages:\n  - role: user\n    content: |\n      ${text}\n`;
    const table: readonly (readonly [text: string, first: readonly string[]])[] = [
      ['{{ text | up‸ }}', ['abs', 'capitalize']],
      ['{{ text | default("{{ ‸") }}', []],
      ['{{ text.‸ }}', []],
      ['{{ text.na‸ }}', []],
      ['{{ text is ‸ }}', ['defined', 'undefined']],
      ['{{ text ‸ }}', ['and', 'or']],
      ['{% ‸ %}', ['if', 'for', 'elif']],
      ['{%- en‸', ['if', 'for', 'elif']],
      ['{% if ‸ %}', ['text', 'label']],
      ['{% for ‸ %}', []],
      ['{% for row ‸ %}', ['in']],
      ['{% for row in ‸ %}', ['text', 'label']],
      ['{% set x‸ %}', []],
      ['{% for row in text %}{{ r‸ }}{% endfor %}', ['row', 'loop', 'text']],
      ['{% for a, b in text %}{{ ‸ }}{% endfor %}', ['a', 'b', 'loop']],
      ['{% for row in text %}x{% endfor %}{{ ‸ }}', ['text', 'label', 'row']],
      ['{% set y = 1 %}{{ ‸ }}', ['y', 'text']],
      ['{{ text }} ‸', []],
      ['{# {{ te‸ #}', []],
      ['te‸', []],
    ];
    for (const [text, first] of table) {
      const { labels } = await at(content(text));
      assert.deepEqual(labels.slice(0, Math.max(first.length, labels.length === 0 ? 0 : 1)), first, text);
    }
    assert.equal((await at(content('{% if‸'))).take('if'), content('{% if name %}{% endif %}'));
    assert.equal((await at(content('{% f‸ %}'))).take('for'), content('{% for %}'));
    assert.equal((await at(content('{{ text | up‸'))).take('upper'), content('{{ text | upper }}'));
  });

  it('offers what judges and connections over HTTP fill in', async () => {
    const judge = await at('messages: [{role: user, content: "{{ ‸ }}"}]', 'prompts/judge.prompt.yml');
    assert.deepEqual(judge.labels, ['rubric', 'input', 'answer', 'target', 'format']);
    const url = await at('connections:\n  a:\n    provider: http\n    url: http://x/{{ ‸\n', 'workbench.yaml');
    assert.deepEqual(url.labels.slice(0, 6), ['input', 'prompt', 'model', 'choices', 'parameters', 'row']);
    assert.ok(url.labels.includes('clause'));
    assert.equal(url.take('input'), 'connections:\n  a:\n    provider: http\n    url: http://x/{{ input }}\n');
    const body = await at(
      'connections:\n  a:\n    provider: http\n    body: {deep: [{text: "{{ in‸ }}"}]}\n',
      'workbench.yaml',
    );
    assert.ok(body.labels.includes('input'));
  });

  it('offers every column of the workspace to a prompt that no benchmark uses, and those of its notebook first', async () => {
    const free = await at('messages: [{role: user, content: "{{ ‸ }}"}]', 'prompts/new.prompt.yml');
    assert.deepEqual([...free.labels].sort(), ['clause', 'label', 'law', 'text']);
    const cell = client.uri('n.ipynb').replace('file:', 'vscode-notebook-cell:');
    client.open('n.ipynb', 'aiwb-bench', 'name: cell\ndataset: {path: data/other.csv, input: clause}\n', `${cell}#a`);
    const prompt = await complete(
      client,
      'messages: [{role: user, content: "{{ ‸ }}"}]',
      'aiwb-prompt',
      'n.ipynb',
      `${cell}#b`,
    );
    assert.deepEqual(prompt.labels, ['clause', 'law', 'text', 'label']);
    assert.equal(prompt.items[0]?.detail, 'column of cell');
    client.close(`${cell}#a`);
    const untitled = await complete(
      client,
      'messages: [{content: "{{ ‸ }}"}]',
      'aiwb-prompt',
      '',
      'untitled:Untitled-1',
    );
    assert.deepEqual(untitled.labels, []);
  });

  it('leaves other texts alone', async () => {
    assert.ok(!(await at('description: "{{ te‸"\n')).labels.includes('text'));
    assert.deepEqual((await at('description: |\n  {{ te‸\n')).labels, []);
    const bench = await complete(client, 'description: |\n  {{ te‸\n', 'aiwb-bench');
    assert.deepEqual(bench.labels, []);
  });
});
