import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { checkWorkbench } from './workbench-checks.ts';

/** Everything found in one connection, schema and checks together. */
function findings(connection: string): readonly string[] {
  const parsed = parseDocument('workbench', `connections:\n  a: ${connection}\n`);
  return [...parsed.diagnostics, ...checkWorkbench(parsed)].map(({ code, message }) => `${code} ${message}`);
}

describe('a connection', () => {
  const fitting = [
    '{provider: openai, model: m, api: responses}',
    '{provider: azure-openai, endpoint: "https://r.openai.azure.com", model: d, auth: entra}',
    '{provider: azure-openai, endpoint: "https://r.openai.azure.com", model: d, apiVersion: 2024-10-21}',
    '{provider: anthropic, model: m, apiKey: {env: KEY}}',
    '{provider: gemini, model: m, auth: google}',
    '{provider: ollama, model: m, contextLength: 8192}',
    '{provider: llama-cpp}',
    '{provider: vscode-lm, family: gpt-4o}',
    '{provider: http, url: "http://h.test/{{ id }}", body: "{}", output: /label, probabilities: /p}',
    '{provider: command, command: [python, a.py]}',
    '{provider: replay, path: a.jsonl}',
    '{provider: openai, model: m, limits: {tokensPerMinute: 1000}, price: {perMinute: 0.006}}',
  ];
  for (const connection of fitting) {
    it(`may be ${connection}`, () => assert.deepEqual(findings(connection), []));
  }

  const faulty: readonly [connection: string, expected: RegExp][] = [
    [
      '{provider: opnai, model: m}',
      /^not-allowed-value .*`opnai`\. Did you mean `openai`\? Allowed: `openai`, `azure-/,
    ],
    ['{model: m}', /^missing-field Missing `provider`.*Allowed: .*`replay`\.$/],
    ['{provider: openai, model: m, endpoint: "https://x.test"}', /^unknown-field Unknown field `endpoint`/],
    ['{provider: azure-openai, model: m}', /^missing-field Missing `endpoint`/],
    ['{provider: anthropic, model: m, api: chat}', /^unknown-field Unknown field `api`/],
    ['{provider: openai, model: m, api: chats}', /^not-allowed-value .*Did you mean `chat`\?/],
    ['{provider: http}', /^missing-field Missing `url`/],
    ['{provider: http, url: "http://{{host}}/a"}', /^bad-format `connections\.a\.url` must be/],
    ['{provider: command, command: python}', /^wrong-type .*Write `\[python\]`\.$/],
    ['{provider: openai, model: m, price: {}}', /^wrong-length .* is empty\. Expected one of `input`/],
    ['{provider: replay}', /^missing-field `a` needs `path`, a file of recorded answers, or `run`/],
    ['{provider: replay, path: a.jsonl, run: r}', /^conflicting-fields `a` has both `path` and `run`/],
    ['{provider: gemini, model: m, auth: google, apiKey: {env: K}}', /^conflicting-fields `a` has both `apiKey` and/],
    ['openai', /^wrong-type .*Expected: a mapping with at least `provider`/],
  ];
  for (const [connection, expected] of faulty) {
    it(`is told one thing about ${connection}`, () => {
      const found = findings(connection);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }
});

describe('the registries of a workbench.yaml', () => {
  const check = (text: string): readonly string[] => {
    const parsed = parseDocument('workbench', text);
    return [...parsed.diagnostics, ...checkWorkbench(parsed)].map(
      ({ code, severity, message }) => `${severity} ${code} ${message}`,
    );
  };
  const fitting = [
    'registries: {a: {type: mlflow, url: "http://127.0.0.1:5000", token: {env: T}}}',
    'registries: {a: {type: mlflow, url: "http://mlflow.test:5000"}}',
    'registries: {a: {type: mlflow, url: "https://mlflow.test", username: ada, password: {env: T}}}',
    'registry: {type: local}\nregistries: {kubeflow: {type: kubeflow, url: "https://r.test"}}',
    'registries: {a: {type: kubeflow, url: "https://r.test/one"}, b: {type: kubeflow, url: "https://r.test/two"}}',
    'connections: {c: {provider: ollama, model: m, registered: m@1}}',
  ];
  for (const text of fitting) it(`may be ${JSON.stringify(text)}`, () => assert.deepEqual(check(text), []));

  const faulty: readonly (readonly [text: string, expected: RegExp])[] = [
    [
      'registry: {type: kubeflow, url: "https://a.test"}\nregistries: {kubeflow: {type: kubeflow, url: "https://b.test"}}',
      /^error duplicate-registry `registry` is called `kubeflow` by its type/,
    ],
    [
      'registries: {a: {type: kubeflow, url: "https://r.test/"}, b: {type: kubeflow, url: "https://r.test/api/model_registry/v1alpha3"}}',
      /^warning duplicate-registry `a` has the same address/,
    ],
    [
      'registries: {a: {type: mlflow, url: "http://m.test", username: ada, password: {env: P}}}',
      /^warning unencrypted-credential The password of `a` would be sent to `m\.test` unencrypted/,
    ],
    [
      'registry: {type: kubeflow, url: "http://r.test", token: {env: T}}',
      /^warning unencrypted-credential The token of `kubeflow`/,
    ],
    [
      'connections: {c: {provider: ollama, model: m, registered: shared/m@1}}',
      /^error unknown-registry .*no registry `shared`.* It declares none\.$/,
    ],
  ];
  for (const [text, expected] of faulty) {
    it(`is told one thing about ${JSON.stringify(text)}`, () => {
      const found = check(text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }
});

describe('a platform', () => {
  const found = (platform: string): readonly string[] => {
    const connections =
      'gpt: {provider: openai, model: m, apiKey: {env: K}}, claude: {provider: anthropic, model: m, apiKey: {env: K}}';
    const parsed = parseDocument('workbench', `connections: {${connections}}\ncompute:\n  a: ${platform}\n`);
    return [...parsed.diagnostics, ...checkWorkbench(parsed)].map(({ code, message }) => `${code} ${message}`);
  };

  it('may be a service behind a connection, and have a folder that it shares', () => {
    assert.deepEqual(found('{type: openai, connection: gpt}'), []);
    for (const path of ['/mnt/jobs', 'C:\\\\jobs'])
      assert.deepEqual(found(`{type: ray, url: "http://r.test", storage: {type: folder, path: "${path}"}}`), []);
  });

  it('is told where its connection is none, or tunes nothing, and where its folder starts nowhere', () => {
    assert.match(found('{type: openai, connection: gtp}')[0] ?? '', /^unknown-connection .*Did you mean `gpt`\?/);
    assert.match(
      found('{type: openai, connection: claude}')[0] ?? '',
      /^unfit-platform `claude` is of provider `anthropic`.*There are `gpt`/,
    );
    assert.match(
      found('{type: ray, url: "http://r.test", storage: {type: folder, path: jobs}}')[0] ?? '',
      /^bad-format `jobs` starts nowhere/,
    );
  });
});
