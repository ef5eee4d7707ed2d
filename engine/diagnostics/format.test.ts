import assert from 'node:assert/strict';
import { hasErrors } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import { formatDiagnostics } from './format.ts';
import { parseDocument } from '../documents/parse.ts';
import { checkPrompt } from './prompt-checks.ts';
import { parsePromptVariables } from '../documents/prompt-variables.ts';
import { checkWorkbench } from './workbench-checks.ts';

const text = 'name: x\ndataset: {path: a.jsonl, input: b, target: c}\nmodels: [embedded:knn]\nrepaets: 2\n';
const file = { path: 'a/t.bench.yaml', text, diagnostics: parseDocument('bench', text).diagnostics };

describe('formatDiagnostics', () => {
  it('shows people the line with a caret', () => {
    assert.equal(
      formatDiagnostics([file], 'text'),
      'a/t.bench.yaml:4:1: error: Unknown field `repaets`. Did you mean `repeats`? [unknown-field]\n  repaets: 2\n  ^^^^^^^\n',
    );
    assert.equal(formatDiagnostics([{ ...file, diagnostics: [] }], 'text'), '');
  });

  it('gives scripts JSON', () => {
    assert.deepEqual(JSON.parse(formatDiagnostics([file], 'json')), {
      files: [
        {
          path: 'a/t.bench.yaml',
          diagnostics: [
            {
              code: 'unknown-field',
              severity: 'error',
              message: 'Unknown field `repaets`. Did you mean `repeats`?',
              line: 4,
              column: 1,
              endLine: 4,
              endColumn: 8,
              replacement: 'repeats',
            },
          ],
        },
      ],
    });
  });

  it('gives code hosts SARIF', () => {
    const sarif = JSON.parse(formatDiagnostics([file, { ...file, path: 'a b/c.bench.yaml' }], 'sarif')) as {
      version: string;
      runs: {
        tool: { driver: { rules: unknown[] } };
        results: { ruleId: string; level: string; locations: { physicalLocation: unknown }[] }[];
      }[];
    };
    assert.equal(sarif.version, '2.1.0');
    const run = sarif.runs[0];
    assert.deepEqual(run?.tool.driver.rules, [
      {
        id: 'unknown-field',
        shortDescription: { text: 'There is no such field.' },
        defaultConfiguration: { level: 'error' },
      },
    ]);
    assert.equal(run.results.length, 2);
    assert.deepEqual(run.results[1]?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'a%20b/c.bench.yaml' },
      region: { startLine: 4, startColumn: 1, endLine: 4, endColumn: 8 },
    });
  });

  it('shows other places that belong to a finding', () => {
    const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } };
    const related = [
      { message: 'Here.', range, path: 'p/c d.policy.yaml' },
      { message: 'And here.', range },
    ];
    const diagnostics = [
      { code: 'loosened-rule' as const, severity: 'information' as const, message: 'Looser.', range, related },
    ];
    const one = [{ path: 'a.policy.yaml', text: 'id: x\n  abc: 1\n', diagnostics }];
    assert.equal(
      formatDiagnostics(one, 'text'),
      'a.policy.yaml:2:3: information: Looser. [loosened-rule]\n    abc: 1\n    ^^^\n  p/c d.policy.yaml:2:3: Here.\n  a.policy.yaml:2:3: And here.\n',
    );
    const json = JSON.parse(formatDiagnostics(one, 'json')) as { files: { diagnostics: { related: unknown[] }[] }[] };
    const place = { line: 2, column: 3, endLine: 2, endColumn: 6 };
    assert.deepEqual(json.files[0]?.diagnostics[0]?.related, [
      { path: 'p/c d.policy.yaml', message: 'Here.', ...place },
      { path: 'a.policy.yaml', message: 'And here.', ...place },
    ]);
    const sarif = JSON.parse(formatDiagnostics(one, 'sarif')) as {
      runs: { results: { level: string; relatedLocations: { physicalLocation: unknown; message: unknown }[] }[] }[];
    };
    const result = sarif.runs[0]?.results[0];
    assert.equal(result?.level, 'note');
    assert.deepEqual(result.relatedLocations[0], {
      id: 0,
      message: { text: 'Here.' },
      physicalLocation: {
        artifactLocation: { uri: 'p/c%20d.policy.yaml' },
        region: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 6 },
      },
    });
  });

  it('never shows a key', () => {
    const secret =
      'connections:\n  a: {provider: opnai, model: m, apiKey: abcdefgh123}\n  b: {provider: openai, model: m, headers: {Authorization: Bearer abcdefgh123}, zzz: 1}\n';
    const { diagnostics } = parseDocument('workbench', secret);
    assert.equal(diagnostics.length, 3);
    for (const format of ['text', 'json', 'sarif'] as const) {
      const shown = formatDiagnostics([{ path: 'workbench.yaml', text: secret, diagnostics }], format);
      assert.ok(!shown.includes('abcdefgh123'), shown);
    }
  });
});

describe('invalidFileError', () => {
  it('carries the first error with its place', () => {
    const error = invalidFileError('/w/t.bench.yaml', file.diagnostics);
    assert.equal(error.code, 'file-invalid');
    assert.equal(error.exitCode, 2);
    assert.deepEqual(error.place, { path: '/w/t.bench.yaml', line: 4, column: 1 });
    assert.equal(error.message, '/w/t.bench.yaml:4:1: Unknown field `repaets`. Did you mean `repeats`?');
    assert.match(error.remedy ?? '', /aiwb validate \/w\/t\.bench\.yaml/);
  });
});

describe('checkWorkbench', () => {
  function codes(connection: string): readonly string[] {
    const parsed = parseDocument('workbench', `connections:\n  a: {provider: openai, model: m, ${connection}}\n`);
    assert.ok(!hasErrors(parsed.diagnostics));
    return checkWorkbench(parsed).map(({ code, message }) => `${code} ${message.split('.')[0] ?? ''}`);
  }

  it('warns of credentials in headers and addresses', () => {
    assert.deepEqual(codes('headers: {X-Team: a}'), []);
    assert.deepEqual(codes('headers: {X-Api-Key: a}'), ['secret-in-file The header `X-Api-Key` carries a credential']);
    assert.deepEqual(codes('headers: {X-Other: sk-abcdef}'), ['secret-in-file This value looks like a key']);
    assert.deepEqual(codes('baseUrl: "https://h.example/v1?api_key=1"'), [
      'secret-in-file This address carries a key in its query',
    ]);
    assert.deepEqual(codes('apiKey: {secret: sk-abc}'), [
      'secret-in-file This looks like the key itself, not the name it was saved under',
    ]);
    assert.deepEqual(codes('apiKey: {env: OPENAI_API_KEY}'), []);
  });
});

describe('checkPrompt', () => {
  it('tells templates that cannot be read', () => {
    const parsed = parseDocument(
      'prompt',
      'messages:\n  - {role: user, content: "{{text}}"}\n  - {role: user, content: "{% if %}"}\n',
    );
    const found = checkPrompt(parsed);
    assert.deepEqual(
      found.map(({ code, range }) => [code, range.start.line]),
      [['prompt-template', 2]],
    );
    assert.equal(parsePromptVariables(parsed.text), undefined);
  });

  it('collects the variables of all messages', () => {
    assert.deepEqual(
      parsePromptVariables('messages: [{role: system, content: "{{a}}"}, {role: user, content: "{{b}} {{a}}"}]'),
      ['a', 'b'],
    );
  });
});
