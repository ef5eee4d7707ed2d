import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { WorkbenchError } from '../base/errors.ts';
import { addConnections } from './add-connections.ts';

const addition = 'oss:\n  provider: ollama\n  model: gpt-oss:20b\n';
const lines = '  oss:\n    provider: ollama\n    model: gpt-oss:20b\n';
const add = (text: string, ...additions: string[]) => addConnections(text, additions, 'workbench.yaml');

describe('addConnections', () => {
  it('begins a file that is not there yet', () => {
    assert.deepEqual(add('', addition), { after: `connections:\n${lines}`, names: ['oss'] });
    assert.equal(add('# Ours.\n', addition).after, `# Ours.\nconnections:\n${lines}`);
  });

  it('adds behind the last connection and leaves every other character alone', () => {
    const before = 'connections:\n    a: { provider: openai,  model: x } # mine\n\n# The store.\nstore:   .aiwb\n';
    const { after } = add(before, addition);
    assert.equal(
      after,
      'connections:\n    a: { provider: openai,  model: x } # mine\n' +
        '    oss:\n      provider: ollama\n      model: gpt-oss:20b\n\n# The store.\nstore:   .aiwb\n',
    );
  });

  it('adds behind a connection of several lines, its comment and a block of text', () => {
    const before = 'connections:\n  a:\n    provider: openai\n    model: x # the name\nstore: s';
    assert.equal(add(before, addition).after, before.replace('store', `${lines}store`));
    const block = 'connections:\n  a:\n    provider: http\n    body: |\n      {"a": 1}\n\n      x\n';
    assert.deepEqual(Object.keys((parse(add(block, addition).after) as { connections: object }).connections), [
      'a',
      'oss',
    ]);
  });

  it('makes room where connections are empty or in braces', () => {
    for (const before of ['store: s # why\nconnections:\n', 'store: s # why\nconnections: {}\n']) {
      assert.equal(add(before, addition).after, `store: s # why\nconnections:\n${lines}`);
    }
    const { after } = add('connections: {a: {provider: openai, model: x}}\n', addition);
    assert.deepEqual(parse(after), {
      connections: { a: { provider: 'openai', model: 'x' }, oss: { provider: 'ollama', model: 'gpt-oss:20b' } },
    });
  });

  it('numbers names that are taken', () => {
    const { names } = add('connections:\n  oss: {provider: openai, model: x}\n', addition, addition);
    assert.deepEqual(names, ['oss-2', 'oss-3']);
  });

  it('refuses what it cannot add to', () => {
    for (const text of ['[1]', 'connections: [a]', 'connections: {', 'a: b: c']) {
      assert.throws(
        () => add(text, addition),
        (error: unknown) => error instanceof WorkbenchError && error.code === 'file-invalid',
      );
    }
  });

  it('adds registries likewise, beside whatever else there is', () => {
    const text = '# ours\nconnections:\n  a: {provider: openai}\n';
    const shared = JSON.stringify({ shared: { type: 'mlflow', url: 'http://127.0.0.1:5000' } });
    const { after, names } = addConnections(text, [shared], 'workbench.yaml', 'registries');
    assert.deepEqual(names, ['shared']);
    assert.ok(after.startsWith(text));
    assert.deepEqual(parse(after), {
      connections: { a: { provider: 'openai' } },
      registries: { shared: { type: 'mlflow', url: 'http://127.0.0.1:5000' } },
    });
    const again = addConnections(after, [shared], 'workbench.yaml', 'registries');
    assert.deepEqual(again.names, ['shared-2']);
  });
});
