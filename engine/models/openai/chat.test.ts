import assert from 'node:assert/strict';
import type { Protocol } from '../http/protocol.ts';
import type { Message, ModelParameters } from '../model.ts';
import { createEndpoint } from '../http/endpoint.ts';
import { writeHeaders } from '../http/headers.ts';
import { createChatProtocol } from './chat.ts';

const messages: readonly Message[] = [{ role: 'user', content: 'Say "hi"\n' }];
const local = createEndpoint({ name: 'vllm', baseUrl: 'http://localhost:8000/v1', model: 'granite "3"' });

function write(defaults: ModelParameters, own: ModelParameters, stream = false): unknown {
  return JSON.parse(bodyOf(createChatProtocol(local, defaults, 'max_tokens'), own, stream));
}

function bodyOf(protocol: Protocol, parameters: ModelParameters, stream: boolean): string {
  const { body } = protocol.write({ input: '', messages, parameters, stream, timeout: 1000 });
  assert.ok(typeof body === 'string');
  return body;
}

describe('chat completion request', () => {
  it('carries the model, the messages and the parameters that are set', () => {
    assert.deepEqual(write({}, {}), { model: 'granite "3"', messages, stream: false });
    const parameters = { temperature: 0, topP: 0.5, maxTokens: 16, seed: 7, stop: ['\n'] };
    assert.deepEqual(write(parameters, {}), {
      model: 'granite "3"',
      messages,
      temperature: 0,
      top_p: 0.5,
      max_tokens: 16,
      seed: 7,
      stop: ['\n'],
      stream: false,
    });
  });

  it('asks for usage with a stream', () => {
    assert.deepEqual(write({}, {}, true), {
      model: 'granite "3"',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('lets the question override the connection, but not with nothing', () => {
    const body = write({ temperature: 1, seed: 7 }, { temperature: 0, seed: undefined }) as Record<string, unknown>;
    assert.equal(body['temperature'], 0);
    assert.equal(body['seed'], 7);
  });

  it('keeps parameter sets and streams apart', () => {
    const protocol = createChatProtocol(local, {}, 'max_tokens');
    const [cold, hot] = [{ temperature: 0 }, { temperature: 2 }];
    const bodies = [cold, hot, cold].flatMap(own => [bodyOf(protocol, own, false), bodyOf(protocol, own, true)]);
    assert.equal(new Set(bodies).size, 4);
    assert.equal(bodies[0], bodies[4]);
  });

  it('limits tokens by the name the endpoint knows', () => {
    const original = createChatProtocol(local, { maxTokens: 5 }, 'max_completion_tokens');
    const body = JSON.parse(bodyOf(original, {}, false)) as Record<string, unknown>;
    assert.equal(body['max_completion_tokens'], 5);
    assert.equal('max_tokens' in body, false);
  });

  it('never lets extra headers replace the protocol’s own', () => {
    const extra = { 'X-Team': 'a', Authorization: 'Basic x', 'Content-Type': 'text/plain', 'X-Version': '0' };
    const { plain, stream } = writeHeaders(extra, { 'x-version': '1' }, { authorization: 'Bearer k' });
    assert.equal(plain['x-version'], '1');
    assert.equal(plain['x-team'], 'a');
    assert.equal(plain['authorization'], 'Bearer k');
    assert.equal(plain['content-type'], 'application/json');
    assert.match(stream['accept'] ?? '', /^text\/event-stream/);
    assert.equal('authorization' in writeHeaders({}).plain, false);
  });
});
