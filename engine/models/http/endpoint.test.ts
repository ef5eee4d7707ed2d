import assert from 'node:assert/strict';
import { createEndpoint } from './endpoint.ts';

const key = 'abc123-secret-key';
const local = 'http://localhost:8000/v1';

describe('endpoint', () => {
  it('puts the path behind the base URL, before its query', () => {
    const url = (baseUrl: string) => createEndpoint({ name: 'm', model: 'x', baseUrl }).urlOf('/chat/completions');
    assert.equal(url('http://localhost:8000/v1/'), 'http://localhost:8000/v1/chat/completions');
    assert.equal(url('http://localhost:8000'), 'http://localhost:8000/chat/completions');
    assert.equal(
      url('https://x.example/openai?api-version=1'),
      'https://x.example/openai/chat/completions?api-version=1',
    );
    assert.equal(url('HTTPS://X.example:443/v1'), 'https://x.example/v1/chat/completions');
  });

  it('refuses addresses that are not plain http or https', () => {
    for (const baseUrl of ['localhost:8000', 'ftp://x/v1', 'not a url', 'https://user:pass@x.example/v1']) {
      assert.throws(() => createEndpoint({ name: 'm', model: 'x', baseUrl }), { code: 'file-invalid' }, baseUrl);
    }
  });

  it('refuses a key that no header can carry, without repeating it', () => {
    for (const apiKey of ['', 'two words', 'line\nbreak', 'ключ']) {
      assert.throws(
        () => createEndpoint({ name: 'm', model: 'x', baseUrl: local, apiKey }),
        (error: Error & { code?: string }) =>
          error.code === 'secret-missing' && (apiKey === '' || !error.message.includes(apiKey)),
      );
    }
  });

  it('quotes foreign text on one line, short and without secrets', () => {
    const { quote } = createEndpoint({
      name: 'm',
      model: 'x',
      baseUrl: local,
      apiKey: key,
      headers: { 'x-gateway': 'gateway-token' },
    });
    assert.equal(quote(' a\r\n\tb\u0000\u202e\u2028c '), 'a b c');
    assert.equal(quote(`key ${key}, ${key}`), 'key [hidden], [hidden]');
    assert.equal(quote('you sent gateway-token'), 'you sent [hidden]');
    assert.equal(quote('Incorrect API key provided: sk-proj-abcd****wxyz.'), 'Incorrect API key provided: [hidden]');
    assert.equal(quote('Authorization: Bearer other-token x'), 'Authorization: [hidden] x');
    assert.equal(quote('x'.repeat(500)).length, 200);
    assert.equal(quote(key.repeat(600)).includes(key.slice(0, 8)), false);
  });

  it('joins a query of the path with one of the base URL', () => {
    const endpoint = createEndpoint({ name: 'm', model: 'x', baseUrl: 'https://x.example/v1?team=a' });
    assert.equal(endpoint.urlOf('/m:stream?alt=sse'), 'https://x.example/v1/m:stream?alt=sse&team=a');
  });

  it('hides a token that came later', () => {
    const endpoint = createEndpoint({ name: 'm', model: 'x', baseUrl: local });
    endpoint.hide('renewed-token-1');
    assert.equal(endpoint.quote('you sent renewed-token-1'), 'you sent [hidden]');
  });
});
