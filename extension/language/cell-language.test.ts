import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { languageOfYaml, tellingKeys } from './cell-language.ts';

describe('languageOfYaml', () => {
  const cases: [text: string, language: string | undefined][] = [
    ['name: a\ndataset: {path: a.jsonl}\nmodels: [embedded:knn]', 'aiwb-bench'],
    ['name: a\nbase: embedded:linear\naspects: {}', 'aiwb-tune'],
    ['id: a\nversion: 1.0.0\nlevel: team', 'aiwb-policy'],
    ['messages:\n  - role: user', 'aiwb-prompt'],
    // Still being written.
    ['dataset:\n  ', 'aiwb-bench'],
    ['name: a\nhyperparameters:', 'aiwb-tune'],
    ['name: a\nlimits: {}', undefined],
    ['name: a', undefined],
    ['# models: none\n', undefined],
    ['', undefined],
    // Of two kinds at once.
    ['models: []\nbase: x', undefined],
    // A prompt that is tried.
    ['models: []\nmessages: []', 'aiwb-prompt'],
    ['use: ', 'aiwb-bench'],
    ['use: a.tune.yaml\nmodels: []', 'aiwb-tune'],
    ['as: c\ncompare: [a, b]', 'aiwb-bench'],
    ['services:\n  web:\n    models: []', undefined],
    // All that one kind requires says more than a stray key.
    ['name: a\ndataset: {}\nmodels: []\nmodel: x', 'aiwb-bench'],
  ];
  for (const [text, language] of cases) {
    it(`takes ${JSON.stringify(text)} for ${language ?? 'none of ours'}`, () =>
      assert.equal(languageOfYaml(text), language));
  }

  it('knows every key that one schema alone has', () => {
    const folder = path.join(import.meta.dirname, '../../schemas/files');
    const keysOf = (kind: string): string[] =>
      Object.keys(
        (JSON.parse(readFileSync(path.join(folder, `${kind}.schema.json`), 'utf8')) as { properties: object })
          .properties,
      );
    const kinds = Object.keys(tellingKeys) as (keyof typeof tellingKeys)[];
    const all = kinds.flatMap(keysOf);
    for (const kind of kinds) {
      const own = keysOf(kind).filter(key => all.filter(other => other === key).length === 1);
      assert.deepEqual([...tellingKeys[kind]].sort(), own.sort(), kind);
    }
  });
});
