import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { HttpModelDependencies } from '../../engine/models/http/model.ts';
import type { Media, Message, Question } from '../../engine/models/model.ts';
import type { Digest } from '../../engine/ports/digest.ts';
import type { HttpClient, HttpRequest } from '../../engine/ports/http.ts';
import { createManualClock } from './clock.ts';

/** A reply without a network: milliseconds to pass, or text that arrives. */
export type Steps = readonly (number | string)[];

export const testDigest: Digest = {
  sha256: data => createHash('sha256').update(data).digest('hex'),
  startSha256: () => assert.fail(),
};

/** What a model over HTTP needs, with every request answered by the same steps at once. */
export function instantHttp(steps: Steps, contentType = 'application/json', status = 200) {
  const clock = createManualClock(1000);
  const requests: HttpRequest[] = [];
  const client: HttpClient = {
    async send(request, receiver) {
      requests.push(request);
      receiver.head(status, { 'content-type': contentType });
      for (const step of steps) {
        if (typeof step === 'number') await clock.advance(step);
        else receiver.data(new TextEncoder().encode(step));
      }
    },
    close: () => Promise.resolve(),
  };
  const dependencies: HttpModelDependencies = {
    http: () => client,
    httpOptions: { connections: 2 },
    clock,
    digest: testDigest,
    random: () => 0.5,
  };
  return { dependencies, requests, clock };
}

/** A question with one user message. */
export function questionOf(content: Message['content'], more: Partial<Question> = {}): Question {
  const input = typeof content === 'string' ? content : '';
  return { input, messages: [{ role: 'user', content }], parameters: {}, stream: false, timeout: 60_000, ...more };
}

export function mediaOf(mediaType: string, bytes: Uint8Array): Media {
  return { mediaType, bytes, digest: testDigest.sha256(bytes) };
}
