import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

interface LanguageConfiguration {
  readonly wordPattern: { readonly pattern: string; readonly flags: string };
  readonly indentationRules: Readonly<Record<string, string>>;
  readonly onEnterRules: readonly {
    readonly beforeText: string;
    readonly afterText?: string;
    readonly action: { readonly indent: 'none' | 'indent' | 'outdent'; readonly appendText?: string };
  }[];
}

const { contributes } = read('package.json') as {
  contributes: {
    languages: { id: string; configuration: string }[];
    configurationDefaults: Record<string, Record<string, unknown>>;
  };
};

function configurationOf(language: string): LanguageConfiguration {
  const found = contributes.languages.find(({ id }) => id === language);
  assert.ok(found);
  return read(found.configuration) as LanguageConfiguration;
}

/** The line that Enter begins after `before`, with two spaces a level; absent where no rule says so. */
function enter(language: string, before: string): string | undefined {
  const indent = /^ */.exec(before)?.[0] ?? '';
  const rule = configurationOf(language).onEnterRules.find(
    ({ beforeText, afterText }) => new RegExp(beforeText).test(before) && new RegExp(afterText ?? '').test(''),
  );
  return rule && `${indent}${rule.action.indent === 'indent' ? '  ' : ''}${rule.action.appendText ?? ''}`;
}

describe('the languages', () => {
  it('are written with spaces, two a level, and coloured by meaning', () => {
    for (const { id } of contributes.languages) {
      const defaults = contributes.configurationDefaults[`[${id}]`] ?? {};
      assert.equal(defaults['editor.insertSpaces'], true, id);
      assert.equal(defaults['editor.tabSize'], 2, id);
      assert.equal(defaults['editor.semanticHighlighting.enabled'], true, id);
    }
  });

  it('keep names whole', () => {
    const { pattern, flags } = configurationOf('aiwb-bench').wordPattern;
    const words = (text: string) => text.match(new RegExp(pattern, `g${flags}`)) ?? [];
    for (const name of ['AML.T0051', 'f1.macro', 'embedded:knn', 'registry:a-b@3', 'data/rows.jsonl', 'Prüfung', 'x'])
      assert.deepEqual(words(`{id: ${name}, b: "${name}"} # ${name}.`), ['id', name, 'b', name, name]);
    const prompt = configurationOf('aiwb-prompt').wordPattern;
    assert.deepEqual('{{user.name}}: either/or, well-known'.match(new RegExp(prompt.pattern, `g${prompt.flags}`)), [
      'user',
      'name',
      'either',
      'or',
      'well-known',
    ]);
  });

  const entered: readonly (readonly [language: string, before: string, after: string | undefined])[] = [
    ['aiwb-bench', 'dataset:', '  '],
    ['aiwb-bench', 'description: | # text', '  '],
    ['aiwb-bench', '  dataset: &rows', '    '],
    ['aiwb-bench', '  - gpt', '  - '],
    ['aiwb-bench', '  - registry:triage@3', '  - '],
    ['aiwb-bench', '  - f1: {average: macro}', undefined],
    ['aiwb-bench', '  - {metric: f1, model: gpt, atLeast: 0.9}', '  - '],
    ['aiwb-bench', '  - {metric: f1,', undefined],
    ['aiwb-bench', '  - id: F1', '    '],
    ['aiwb-bench', '  - checks:', '      '],
    ['aiwb-bench', '  - ', undefined],
    ['aiwb-bench', 'name: triage', undefined],
    ['aiwb-prompt', 'messages:', '  '],
    ['aiwb-prompt', '  - role: system', '    '],
    ['aiwb-prompt', '    content: |', '      '],
    ['aiwb-prompt', '      Answer with one of these:', undefined],
    ['aiwb-prompt', '      Ticket:', undefined],
  ];
  for (const [language, before, after] of entered) {
    it(`go on after \`${before}\` in ${language}`, () => assert.equal(enter(language, before), after));
  }
});
