import assert from 'node:assert/strict';
import { instantHttp, mediaOf, questionOf, type Steps } from '../../../test/fakes/instant-http.ts';
import { AnswerFailure, type Question } from '../model.ts';
import { createOpenAiModel, type OpenAiApi, type OpenAiSettings } from './model.ts';

const { signal } = new AbortController();
const image = mediaOf('image/png', new Uint8Array([1, 2, 3]));
const sound = mediaOf('audio/mpeg', new Uint8Array([0, 255, 13, 10]));
const tools = [{ name: 'weather', description: 'The weather', parameters: { type: 'object' } }];
const schema = { type: 'object', properties: { label: { type: 'string' } } };

function create(api: OpenAiApi, steps: Steps, settings: Partial<OpenAiSettings> = {}, type?: string) {
  const { dependencies, requests } = instantHttp(steps, type);
  const limits = { concurrency: 2 };
  const model = createOpenAiModel(
    { name: 'gpt', baseUrl: 'http://localhost:1/v1', model: 'm', api, limits, retries: 0, ...settings },
    dependencies,
  );
  const bodyOf = (at = 0): unknown => JSON.parse(String(requests[at]?.body));
  return { model, requests, bodyOf };
}

const json = (body: unknown): Steps => [JSON.stringify(body)];
const failing = (words: RegExp) => (error: unknown) => error instanceof AnswerFailure && words.test(error.message);

describe('chat with more than text', () => {
  const answered = json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] });

  it('sends images and sounds as parts', async () => {
    const { model, bodyOf } = create('chat', answered);
    const parts = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', media: image },
      { type: 'audio', media: sound },
    ] as const;
    await model.answer(questionOf(parts), signal);
    assert.deepEqual((bodyOf() as { messages: unknown }).messages, [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
          { type: 'input_audio', input_audio: { data: 'AP8NCg==', format: 'mp3' } },
        ],
      },
    ]);
  });

  it('sends tools and the format, and keeps them apart from question to question', async () => {
    const { model, bodyOf } = create('chat', answered);
    const parameters = { reasoningEffort: 'low' } as const;
    await model.answer(questionOf('x', { tools, parameters }), signal);
    await model.answer(questionOf('x', { responseFormat: { type: 'json' }, parameters }), signal);
    const responseFormat = { type: 'json-schema', name: 'ticket', schema } as const;
    await model.answer(questionOf('x', { responseFormat, parameters }), signal);
    await model.answer(questionOf('x', { parameters }), signal);
    const bodies = [0, 1, 2, 3].map(at => bodyOf(at) as Record<string, unknown>);
    assert.deepEqual(bodies[0]?.['tools'], [{ type: 'function', function: tools[0] }]);
    assert.deepEqual(
      bodies.map(body => body['response_format']),
      [undefined, { type: 'json_object' }, { type: 'json_schema', json_schema: { name: 'ticket', schema } }, undefined],
    );
    assert.deepEqual([bodies[3]?.['tools'], bodies[3]?.['reasoning_effort']], [undefined, 'low']);
  });

  it('reads tool calls, whole and in pieces, reasoning and cached tokens, and what answered', async () => {
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 9,
      prompt_tokens_details: { cached_tokens: 16 },
      completion_tokens_details: { reasoning_tokens: 5 },
    };
    const head = { model: 'm-2024-08-06', system_fingerprint: 'fp_1' };
    const calls = [
      { index: 0, id: 'a', function: { name: 'weather', arguments: '{"city":' } },
      { index: 1, id: 'b', function: { name: 'time', arguments: '{}' } },
    ];
    const whole = json({
      ...head,
      usage,
      choices: [{ message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }],
    });
    const event = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const streamed = [
      event({ tool_calls: [calls[0]] }),
      event({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }),
      event({ tool_calls: [calls[1]] }),
      event({}, 'tool_calls'),
      `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
    ];
    const answer = await create('chat', whole).model.answer(questionOf('x'), signal);
    assert.deepEqual(answer, {
      output: '',
      latencyMs: 0,
      attempts: 1,
      inputTokens: 20,
      outputTokens: 9,
      reasoningTokens: 5,
      cachedInputTokens: 16,
      finishReason: 'tool_calls',
      fingerprint: 'm-2024-08-06 fp_1',
      toolCalls: [
        { name: 'weather', arguments: '{"city":' },
        { name: 'time', arguments: '{}' },
      ],
    });
    const { model } = create('chat', streamed, {}, 'text/event-stream');
    const pieces = await model.answer(questionOf('x', { stream: true }), signal);
    assert.deepEqual(pieces.toolCalls, [
      { name: 'weather', arguments: '{"city":"Oslo"}' },
      { name: 'time', arguments: '{}' },
    ]);
    assert.equal(pieces.fingerprint, answer.fingerprint);
  });
});

describe('completions', () => {
  const choices = ['yes', ' no, never'];
  const scored = (
    index: number,
    tokens: readonly string[],
    scores: readonly (number | null)[],
    offsets?: readonly number[],
  ) => ({
    index,
    text: tokens.join(''),
    logprobs: { tokens, token_logprobs: scores, ...(offsets === undefined ? {} : { text_offset: offsets }) },
  });

  it('continues plain text', async () => {
    const { model, bodyOf, requests } = create(
      'completions',
      json({ choices: [{ text: ' b', finish_reason: 'length' }] }),
    );
    const answer = await model.answer(questionOf('a', { parameters: { maxTokens: 3 } }), signal);
    assert.equal(requests[0]?.url, 'http://localhost:1/v1/completions');
    assert.deepEqual(bodyOf(), { model: 'm', prompt: 'a', max_tokens: 3, stream: false });
    assert.deepEqual([answer.output, answer.finishReason], [' b', 'length']);
  });

  it('scores choices by the log-likelihood of their tokens, the generated token left out', async () => {
    const reply = {
      usage: { prompt_tokens: 14, completion_tokens: 2 },
      choices: [
        scored(1, ['Is', ' it', '?', ' no', ', never', ' X'], [null, -1, -1, -0.5, -0.25, -9], [0, 2, 5, 6, 9, 16]),
        scored(0, ['Is', ' it', '?', ' yes', ' X'], [null, -1, -1, -2, -9], [0, 2, 5, 6, 10]),
      ],
    };
    const { model, bodyOf } = create('completions', json(reply));
    const answer = await model.answer(questionOf('Is it? ', { choices }), signal);
    assert.deepEqual(bodyOf(), {
      model: 'm',
      prompt: ['Is it? yes', 'Is it? no, never'],
      max_tokens: 1,
      temperature: 0,
      echo: true,
      logprobs: 1,
      stream: false,
    });
    assert.deepEqual(answer.choiceLogprobs, [-2, -0.75]);
    assert.equal(answer.output, ' no, never');
    assert.equal(answer.inputTokens, 14);
  });

  it('finds the choice without offsets, beyond the basic plane, and where a token spans the border', async () => {
    const reply = {
      choices: [
        scored(0, ['👩', ' it', '? yes', ' X'], [null, -1, -2, -9]),
        scored(1, ['👩', ' it', '?', ' no, never', ' X'], [null, -1, -1, -0.5, -9]),
      ],
    };
    const answer = await create('completions', json(reply)).model.answer(questionOf('👩 it?', { choices }), signal);
    assert.deepEqual(answer.choiceLogprobs, [-2, -0.5]);
  });

  it('says what is missing where the server does not echo log-likelihoods', async () => {
    const replies = [
      {
        choices: [
          { index: 0, text: 'yes' },
          { index: 1, text: 'no' },
        ],
      },
      { choices: [{ index: 0, text: 'yes', logprobs: null }] },
      { choices: [scored(0, ['Is', ' yes', ' X'], [null, -1, -9])] },
      { choices: choices.map((_, at) => scored(at, ['a', 'b', 'c'], [null, -1])) },
      { choices: choices.map((_, at) => scored(at, [' Is it?', ' yes', ' X'], [null, Number.NaN, -1])) },
      { choices: [] },
    ];
    for (const reply of replies) {
      const { model } = create('completions', json(reply));
      await assert.rejects(
        model.answer(questionOf('Is it?', { choices }), signal),
        failing(/no log-likelihoods of the prompt.*echo with logprobs.*`api: chat`/),
        JSON.stringify(reply),
      );
    }
  });

  it('refuses what plain text cannot carry, before anything is sent', async () => {
    const cases: readonly [Question, RegExp][] = [
      [questionOf('x', { tools }), /cannot take tools/],
      [questionOf('x', { responseFormat: { type: 'json' } }), /cannot take a response format/],
      [questionOf([{ type: 'image', media: image }]), /takes text only, and this row has an image/],
    ];
    for (const [question, words] of cases) {
      const { model, requests } = create('completions', []);
      await assert.rejects(model.answer(question, signal), failing(words));
      assert.equal(requests.length, 0);
    }
  });
});

describe('responses', () => {
  const usage = {
    input_tokens: 7,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 3 },
  };
  const output = [
    { type: 'reasoning', id: 'r' },
    { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
    { type: 'function_call', id: 'f', call_id: 'c', name: 'weather', arguments: '{}' },
  ];

  it('sends instructions, input, tools and format, and keeps nothing at the endpoint', async () => {
    const { model, bodyOf, requests } = create('responses', json({ status: 'completed', output: [] }), {
      parameters: { seed: 7, maxTokens: 9, temperature: 0, reasoningEffort: 'high' },
    });
    const messages = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image', media: image },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Seen' }] },
      { role: 'user', content: 'And?' },
    ] as const;
    const responseFormat = { type: 'json-schema', name: 'ticket', schema } as const;
    await model.answer(questionOf('', { messages, tools, responseFormat }), signal);
    assert.equal(requests[0]?.url, 'http://localhost:1/v1/responses');
    assert.deepEqual(bodyOf(), {
      model: 'm',
      store: false,
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See' },
            { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AQID' },
          ],
        },
        { role: 'assistant', content: 'Seen' },
        { role: 'user', content: 'And?' },
      ],
      temperature: 0,
      max_output_tokens: 9,
      reasoning: { effort: 'high' },
      tools: [{ type: 'function', ...tools[0], strict: false }],
      text: { format: { type: 'json_schema', name: 'ticket', schema } },
      stream: false,
    });
  });

  it('reads a whole response and a stream alike', async () => {
    const whole = { object: 'response', model: 'm-2', status: 'completed', error: null, output, usage };
    const events = [
      { type: 'response.created', response: { status: 'in_progress' } },
      { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
      { type: 'response.output_text.delta', delta: 'H' },
      { type: 'response.output_text.delta', delta: 'i' },
      { type: 'response.output_item.added', item: { type: 'function_call', id: 'f', name: 'weather' } },
      { type: 'response.function_call_arguments.delta', item_id: 'f', delta: '{}' },
      { type: 'response.something.new', delta: 'x' },
      { type: 'response.completed', response: whole },
    ];
    const steps = events.flatMap(event => [3, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`]);
    const expected = {
      output: 'Hi',
      attempts: 1,
      inputTokens: 7,
      outputTokens: 5,
      reasoningTokens: 3,
      cachedInputTokens: 4,
      finishReason: 'tool_calls',
      fingerprint: 'm-2',
      toolCalls: [{ name: 'weather', arguments: '{}' }],
    };
    const body = await create('responses', json(whole)).model.answer(questionOf('x'), signal);
    assert.deepEqual(body, { ...expected, latencyMs: 0 });
    const { model } = create('responses', steps, {}, 'text/event-stream');
    const answer = await model.answer(questionOf('x', { stream: true }), signal);
    assert.deepEqual(answer, { ...expected, latencyMs: 24, firstTokenMs: 6 });
  });

  it('tells why a response is incomplete, refused or failed', async () => {
    const incomplete = (reason: string) => ({ status: 'incomplete', incomplete_details: { reason }, output, usage });
    const cut = await create('responses', json(incomplete('max_output_tokens'))).model.answer(questionOf('x'), signal);
    assert.equal(cut.finishReason, 'length');
    const cases: readonly [object, RegExp][] = [
      [incomplete('content_filter'), /declined to answer/],
      [
        { status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No, sorry' }] }] },
        /No, sorry/,
      ],
      [{ status: 'failed', error: { code: 'server_error', message: 'Engine died' }, output: [] }, /Engine died/],
      [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down' }, /^Rate limited by gpt.*Slow down/],
    ];
    for (const [reply, words] of cases) {
      await assert.rejects(create('responses', json(reply)).model.answer(questionOf('x'), signal), failing(words));
    }
  });

  it('refuses sounds, which it does not take', async () => {
    const { model, requests } = create('responses', []);
    await assert.rejects(
      model.answer(questionOf([{ type: 'audio', media: sound }]), signal),
      failing(/takes no sound/),
    );
    assert.equal(requests.length, 0);
  });

  it('refuses stop sequences, which it has not', async () => {
    const { model, requests } = create('responses', [], { parameters: { stop: ['\n'] } });
    await assert.rejects(model.answer(questionOf('x'), signal), failing(/has no stop sequences/));
    assert.equal(requests.length, 0);
  });
});

describe('embeddings', () => {
  const floats = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');

  it('come in batches, in the order of the texts, as numbers or base64', async () => {
    const item = (index: number) => ({ index, embedding: index % 2 === 0 ? [index, 1] : floats([index, 1]) });
    const reply = { data: Array.from({ length: 32 }, (_, at) => item(31 - at)), usage: { prompt_tokens: 64 } };
    const { model, bodyOf, requests } = create('embeddings', json(reply));
    const texts = Array.from({ length: 64 }, (_, at) => `text ${at}`);
    const embeddings = await model.embed?.(texts, 1000, signal);
    assert.equal(requests.length, 2);
    assert.deepEqual(bodyOf(), { model: 'm', input: texts.slice(0, 32), encoding_format: 'float' });
    assert.deepEqual(
      embeddings?.vectors.map(vector => vector[0]),
      [...Array(32).keys(), ...Array(32).keys()],
    );
    assert.equal(embeddings.inputTokens, 128);
    assert.deepEqual(await model.embed?.([], 1000, signal), { vectors: [] });
  });

  it('are asked of OpenAI itself in base64', async () => {
    const { model, bodyOf } = create('embeddings', json({ data: [{ embedding: floats([1]) }] }), { isOriginal: true });
    await model.embed?.(['a'], 1000, signal);
    assert.equal((bodyOf() as Record<string, unknown>)['encoding_format'], 'base64');
  });

  it('that do not fit the texts are no answer', async () => {
    const replies = [
      { data: [] },
      { data: [{ embedding: [] }, { embedding: [] }] },
      { data: [{ embedding: [1] }, { embedding: [1, 2] }] },
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      },
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 7, embedding: [1] },
        ],
      },
      { data: [{ embedding: [1] }, { embedding: ['1'] }] },
      { data: [{ embedding: [1] }, { embedding: 'AAA' }] },
      { data: [{ embedding: [1] }, { embedding: floats([Number.NaN]) }] },
      { data: [{ embedding: [1] }, null] },
    ];
    for (const reply of replies) {
      const { model } = create('embeddings', json(reply));
      await assert.rejects(
        model.embed?.(['a', 'b'], 1000, signal) ?? Promise.resolve(),
        failing(/no list of embeddings/),
      );
    }
  });

  it('answer no questions', async () => {
    const { model, requests } = create('embeddings', []);
    await assert.rejects(model.answer(questionOf('x'), signal), failing(/gives embeddings and answers no questions/));
    assert.equal(requests.length, 0);
  });
});

describe('transcriptions', () => {
  it('send the sound as a form with a boundary that is not in it', async () => {
    const { model, requests } = create(
      'transcriptions',
      json({ text: ' Hello there. ', usage: { type: 'duration', seconds: 2.5 } }),
      {
        language: 'en',
        parameters: { temperature: 0 },
        headers: { 'X-Team': 'a' },
      },
    );
    const answer = await model.answer(questionOf('', { audio: sound }), signal);
    const [request] = requests;
    assert.equal(request?.url, 'http://localhost:1/v1/audio/transcriptions');
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(request.body as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': type },
    }).formData();
    const file = form.get('file') as File;
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), sound.bytes);
    assert.deepEqual([file.name, file.type], ['audio.mp3', 'audio/mpeg']);
    const fields = ['model', 'response_format', 'language', 'temperature'].map(name => form.get(name));
    assert.deepEqual(fields, ['m', 'json', 'en', '0']);
    assert.deepEqual(answer, { output: 'Hello there.', latencyMs: 0, attempts: 1, audioSeconds: 2.5 });
  });

  it('take tokens where they are counted, and no estimate where they are not', async () => {
    const usage = { type: 'tokens', input_tokens: 14, output_tokens: 5 };
    const counted = await create('transcriptions', json({ text: 'a', usage })).model.answer(
      questionOf('', { audio: sound }),
      signal,
    );
    assert.deepEqual([counted.inputTokens, counted.outputTokens, counted.audioSeconds], [14, 5, undefined]);
    const silent = await create('transcriptions', json({ text: '' })).model.answer(
      questionOf('', { audio: sound }),
      signal,
    );
    assert.deepEqual(silent, { output: '', latencyMs: 0, attempts: 1 });
  });

  it('need a sound, and have a digest of their language', async () => {
    const { model, requests } = create('transcriptions', []);
    await assert.rejects(model.answer(questionOf('x'), signal), failing(/this row has none.*dataset\.audio/));
    assert.equal(requests.length, 0);
    assert.notEqual(create('transcriptions', [], { language: 'en' }).model.digest, model.digest);
  });
});

describe('the digest of a model', () => {
  it('differs from API to API', () => {
    const apis: OpenAiApi[] = ['chat', 'completions', 'responses', 'embeddings', 'transcriptions'];
    assert.equal(new Set(apis.map(api => create(api, []).model.digest)).size, apis.length);
  });
});
