import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '../../../schemas/generated/files.ts';
import { ask, connect, fakeKey } from '../../../test/fakes/connect.ts';
import type { Model } from '../model.ts';

const never = new AbortController().signal;

type HttpConnection = Extract<Connection, { provider: 'http' }>;

describe('HTTP template', () => {
  let origin: string;
  let reply: { readonly type: string; readonly body: string };
  let latest: {
    readonly url: string;
    readonly method: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  };
  const models: Model[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url = '', method = '', headers } = request;
      latest = { url, method, headers, body: Buffer.concat(pieces).toString() };
      response.writeHead(200, { 'content-type': reply.type }).end(reply.body);
    });
  });
  before(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => answerWith({ label: 'cat' }));
  afterEach(async () => {
    for (const model of models.splice(0)) await model.close();
  });

  function answerWith(body: unknown): void {
    reply = { type: 'application/json', body: JSON.stringify(body) };
  }

  async function create(connection: Partial<HttpConnection> = {}, path = '/classify'): Promise<Model> {
    const model = await connect({ provider: 'http', url: origin + path, output: 'label', ...connection });
    models.push(model);
    return model;
  }

  it('fills address, headers and body from the row', async () => {
    const model = await create(
      {
        body: { text: '{{ input }}', age: '{{ age }}', note: 'for {{ team }}', model: '{{ model }}' },
        headers: { 'X-Team': '{{ team }}' },
        model: 'cnn-3',
        apiKey: { env: 'KEY' },
        keyHeader: 'X-Key',
      },
      '/v/{{ team }}?q={{ input }}',
    );
    const { output } = await model.answer(ask({ input: 'a "b" & c/d?', values: { age: 41, team: 'x y' } }), never);
    assert.equal(output, 'cat');
    assert.deepEqual([latest.method, latest.url], ['POST', '/v/x%20y?q=a%20%22b%22%20%26%20c%2Fd%3F']);
    assert.deepEqual([latest.headers['x-team'], latest.headers['x-key']], ['x y', fakeKey]);
    assert.equal(latest.headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(latest.body), { text: 'a "b" & c/d?', age: 41, note: 'for x y', model: 'cnn-3' });
  });

  it('sends the input where no body is described, plain text where that is, and nothing with GET', async () => {
    await (await create()).answer(ask({ input: 'x' }), never);
    assert.deepEqual(JSON.parse(latest.body), { input: 'x' });
    await (await create({ body: 'Say {{ prompt }}!' })).answer(ask(), never);
    assert.deepEqual([latest.headers['content-type'], latest.body], ['text/plain; charset=utf-8', 'Say Hello!']);
    await (await create({ method: 'GET' }, '/{{ input }}')).answer(ask({ input: 'ü' }), never);
    assert.deepEqual([latest.method, latest.url, latest.body], ['GET', '/%C3%BC', '']);
  });

  it('reads labels, probabilities, counts and cost from where they are', async () => {
    answerWith({ out: [{ label: 'dog' }], p: { cat: 0.25, dog: 0.75 }, usage: { in: 3, out: 1, usd: 0.002 } });
    const { latencyMs, ...answer } = await (
      await create({
        output: 'out[0].label',
        probabilities: 'p',
        inputTokens: 'usage.in',
        outputTokens: 'usage.out',
        cost: 'usage.usd',
      })
    ).answer(ask(), never);
    assert.ok(latencyMs !== undefined);
    const probabilities = { cat: 0.25, dog: 0.75 };
    assert.deepEqual(answer, {
      output: 'dog',
      attempts: 1,
      inputTokens: 3,
      outputTokens: 1,
      probabilities,
      cost: 0.002,
    });
  });

  it('takes the likeliest label of two lists', async () => {
    answerWith([
      [
        { label: 'NEGATIVE', score: 0.1 },
        { label: 'POSITIVE', score: 0.9 },
      ],
    ]);
    const { url } = { url: `${origin}/classify` };
    const model = await connect({
      provider: 'http',
      url,
      probabilities: { labels: '[0][*].label', scores: '[0][*].score' },
    });
    models.push(model);
    const answer = await model.answer(ask(), never);
    assert.deepEqual([answer.output, answer.probabilities], ['POSITIVE', { NEGATIVE: 0.1, POSITIVE: 0.9 }]);
    assert.deepEqual([answer.inputTokens, answer.estimatedTokens], [undefined, undefined]);
  });

  it('takes the whole reply where no path is given', async () => {
    const model = await connect({ provider: 'http', url: `${origin}/classify` });
    models.push(model);
    reply = { type: 'text/plain', body: 'just text' };
    assert.equal((await model.answer(ask(), never)).output, 'just text');
    answerWith({ a: 1 });
    assert.equal((await model.answer(ask(), never)).output, '{"a":1}');
  });

  it('does not take a part of an answer for an error', async () => {
    answerWith({ label: 'cat', detail: 'no animal', error: 'none' });
    assert.equal((await (await create()).answer(ask(), never)).output, 'cat');
    answerWith({ error: 'no animal' });
    await assert.rejects((await create()).answer(ask(), never), { class: 'server', message: /no animal/ });
  });

  const unusable: readonly [what: string, connection: Partial<HttpConnection>, body: unknown][] = [
    ['an output that is not there', {}, { other: 1 }],
    ['an output that is null', {}, { label: null }],
    ['probabilities that are no numbers', { probabilities: 'p' }, { label: 'x', p: { a: 'high' } }],
    ['probabilities over 1', { probabilities: 'p' }, { label: 'x', p: { a: 7 } }],
    ['probabilities that are missing', { probabilities: 'p' }, { label: 'x' }],
    ['lists of two lengths', { probabilities: { labels: 'l', scores: 's' } }, { label: 'x', l: ['a'], s: [] }],
  ];
  for (const [what, connection, body] of unusable) {
    it(`tells ${what}`, async () => {
      answerWith(body);
      const failure = { class: 'malformed', message: /Check the paths in output and probabilities/ };
      await assert.rejects((await create(connection)).answer(ask(), never), failure);
    });
  }

  it('tells a score that is NaN', async () => {
    reply = { type: 'application/json', body: '{"label": "x", "p": {"a": NaN}}' };
    await assert.rejects((await create({ probabilities: 'p' })).answer(ask(), never), {
      class: 'malformed',
      message: /not JSON/,
    });
  });

  it('fails a row that lacks a column, sending nothing, unless the template allows for it', async () => {
    await assert.rejects((await create({ body: { x: '{{ city }}' } })).answer(ask({ values: {} }), never), {
      class: 'client',
      attempts: 0,
      message: /read the column "city", which this row does not have.*row\.city/,
    });
    await (await create({ body: { x: '{{ row.city }}' } })).answer(ask({ values: {} }), never);
    assert.deepEqual(JSON.parse(latest.body), { x: '' });
  });

  it('fails a row whose values fit no header', async () => {
    const model = await create({ headers: { 'X-Team': '{{ team }}' } });
    for (const team of ['a\r\nX-Admin: 1', 'ü']) {
      await assert.rejects(model.answer(ask({ values: { team } }), never), { class: 'client', message: /x-team/ });
    }
  });

  it('refuses templates and paths that cannot be read, naming the place', async () => {
    const cases: readonly [Partial<HttpConnection>, string, RegExp][] = [
      [{ body: { a: ['{{ x'] } }, 'prompt-invalid', /The connection it: body\.a\[0\]/],
      [{ headers: { A: '{% if' } }, 'prompt-invalid', /headers\.A/],
      [{ output: 'a..b' }, 'file-invalid', /The connection it: output: the path `a\.\.b`/],
      [{ probabilities: { labels: 'a', scores: '[' } }, 'file-invalid', /probabilities\.scores/],
    ];
    for (const [connection, code, message] of cases) await assert.rejects(create(connection), { code, message });
  });

  it('is another model when the template changes', async () => {
    const changes = [{}, { body: { a: '{{ input }}' } }, { output: 'x' }, { headers: { A: 'b' } }, { model: 'm' }];
    const digests = new Set<string>();
    for (const change of changes) digests.add((await create(change)).digest);
    assert.equal(digests.size, changes.length);
  });
});
