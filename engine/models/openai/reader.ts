import type { Clock } from '../../ports/clock.ts';
import type { HttpReceiver } from '../../ports/http.ts';
import type { AttemptFailure } from '../pacing/attempt-failure.ts';
import {
  failOfBody,
  failOfErrorObject,
  failOfFilter,
  failOfSize,
  failOfStatus,
  failOfTruncation,
  readErrorObject,
} from './failures.ts';
import { findTemplate, matchTemplate } from './delta-template.ts';
import type { DeltaTemplate } from './delta-template.ts';
import type { Endpoint } from './endpoint.ts';
import { decodePieces, isPresent, isRecord, readCount, readText } from './json.ts';
import { createSseParser } from './sse.ts';
import type { SseParser } from './sse.ts';

/** What one response said. Times are of the clock's monotonic milliseconds. */
export interface Reply {
  readonly output: string;
  readonly finishReason: string | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** When the chunk arrived that held the first event with content, reasoning or a tool call; only of a stream. */
  readonly firstTokenAt: number | undefined;
  /** When the last byte of the body arrived. */
  readonly lastByteAt: number;
}

/** Bytes one JSON body, one event or one streamed answer may have. */
export const replyLimit = 16 * 2 ** 20;
const errorBodyLimit = 64 * 2 ** 10;

/** Reads one response as it arrives. `stop` is called when the rest is not worth receiving. */
export class ReplyReader implements HttpReceiver {
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #stop: () => void;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #sse: SseParser | undefined;
  #template: DeltaTemplate | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #failure: AttemptFailure | undefined;
  #lastByteAt = 0;
  #firstTokenAt: number | undefined;
  #output = '';
  #refusal = '';
  #finishReason: string | undefined;
  #inputTokens: number | undefined;
  #outputTokens: number | undefined;
  #done = false;
  #hasChoice = false;

  constructor(endpoint: Endpoint, clock: Clock, stop: () => void) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#stop = stop;
  }

  /** Why reading was stopped early, where it was. */
  get failure(): AttemptFailure | undefined {
    return this.#failure;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#status = status;
    this.#headers = headers;
    this.#lastByteAt = this.#clock.monotonic();
    if (!this.#isSuccess()) return;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      this.#giveUp(
        failOfBody(
          this.#endpoint,
          `a compressed answer (${this.#endpoint.quote(encoding)}) that was not asked for`,
          '',
        ),
      );
    } else if (headers['content-type']?.includes('text/event-stream')) {
      this.#sse = createSseParser((data, type) => this.#readEvent(data, type), replyLimit);
    }
  }

  data(chunk: Uint8Array): void {
    this.#lastByteAt = this.#clock.monotonic(); // Before any parsing: this is the time of arrival.
    if (this.#failure) return;
    if (this.#sse) {
      if (!this.#sse.push(chunk) || this.#output.length > replyLimit)
        this.#giveUp(failOfSize(this.#endpoint, replyLimit));
      return;
    }
    this.#size += chunk.length;
    if (this.#isSuccess()) {
      if (this.#size > replyLimit) {
        this.#giveUp(failOfSize(this.#endpoint, replyLimit));
        return;
      }
    } else if (this.#size - chunk.length > errorBodyLimit) {
      return; // Enough of an error page; the rest is received so that the connection can be used again.
    }
    this.#pieces.push(chunk);
  }

  /** The reply of a response that has ended. Throws AttemptFailure. */
  finish(): Reply {
    if (this.#failure) throw this.#failure;
    if (!this.#isSuccess()) {
      const response = { status: this.#status, headers: this.#headers, body: decodePieces(this.#pieces) };
      throw failOfStatus(this.#endpoint, response, this.#clock.now());
    }
    if (this.#sse) this.#finishStream(this.#sse);
    else this.#readBody(decodePieces(this.#pieces));
    if (this.#finishReason === 'content_filter' || (this.#refusal !== '' && this.#output === '')) {
      throw failOfFilter(this.#endpoint, this.#refusal);
    }
    return {
      output: this.#output,
      finishReason: this.#finishReason,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      firstTokenAt: this.#firstTokenAt,
      lastByteAt: this.#lastByteAt,
    };
  }

  #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #giveUp(failure: AttemptFailure): void {
    this.#failure = failure;
    this.#pieces = [];
    this.#stop();
  }

  #finishStream(sse: SseParser): void {
    const rest = sse.end();
    if (rest !== undefined && (rest === '[DONE]' || isWholeJson(rest))) this.#readEvent(rest, undefined);
    if (this.#failure) throw this.#failure;
    if (!this.#done && this.#finishReason === undefined) throw failOfTruncation(this.#endpoint);
    if (!this.#hasChoice) throw failOfBody(this.#endpoint, 'a stream without an answer in it', '');
  }

  #readEvent(data: string, type: string | undefined): void {
    if (this.#done || this.#failure) return;
    if (data === '[DONE]') {
      this.#done = true;
      return;
    }
    const text = this.#template && matchTemplate(this.#template, data);
    if (text !== undefined) {
      this.#addText(text);
      return;
    }
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      this.#failure = failOfBody(this.#endpoint, 'a stream event that is not JSON', data);
      return;
    }
    const choices = isRecord(event) ? event['choices'] : undefined;
    if (Array.isArray(choices) && isRecord(event)) {
      if (isPresent(event['usage'])) this.#readUsage(event['usage']);
      const choice: unknown = choices[0];
      if (isRecord(choice)) {
        this.#readChoice(choice, choice['delta']);
        if (!isPresent(event['usage']) && !isPresent(choice['finish_reason']))
          this.#learnTemplate(data, choice['delta']);
        return;
      }
      if (!isPresent(event['error'])) return;
    }
    const error = readErrorObject(type === 'error' ? { error: event } : event) ?? readErrorObject(event);
    if (error) this.#failure = failOfErrorObject(this.#endpoint, error);
    else if (isRecord(event)) this.#readUsage(event['usage']);
    else this.#failure = failOfBody(this.#endpoint, 'a stream event that is no chat completion chunk', data);
  }

  #readBody(text: string): void {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw failOfBody(this.#endpoint, 'an answer that is not JSON', text);
    }
    const error = readErrorObject(body);
    if (error) throw failOfErrorObject(this.#endpoint, error);
    const choices = isRecord(body) ? body['choices'] : undefined;
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (!isRecord(body) || !isRecord(choice) || !isRecord(choice['message'])) {
      throw failOfBody(this.#endpoint, 'JSON that is no chat completion', text);
    }
    this.#readUsage(body['usage']);
    this.#readChoice(choice, choice['message']);
  }

  #readChoice(choice: Readonly<Record<string, unknown>>, message: unknown): void {
    this.#hasChoice = true;
    const finish = choice['finish_reason'];
    if (typeof finish === 'string') this.#finishReason = finish;
    if (!isRecord(message)) return;
    this.#addText(readText(message['content']));
    if (typeof message['refusal'] === 'string') this.#refusal += message['refusal'];
    if (hasOtherToken(message)) this.#noteToken();
  }

  #addText(text: string): void {
    if (text === '') return;
    this.#output += text;
    this.#noteToken();
  }

  #noteToken(): void {
    if (this.#sse) this.#firstTokenAt ??= this.#lastByteAt;
  }

  /** Events that carry anything but text (a role, reasoning, a refusal) make no template. */
  #learnTemplate(data: string, delta: unknown): void {
    if (!isRecord(delta) || typeof delta['content'] !== 'string' || delta['content'] === '') return;
    if (hasOtherToken(delta) || isPresent(delta['refusal'])) return;
    this.#template = findTemplate(data, delta['content']);
  }

  #readUsage(usage: unknown): void {
    if (!isRecord(usage)) return;
    this.#inputTokens = readCount(usage['prompt_tokens']) ?? this.#inputTokens;
    this.#outputTokens = readCount(usage['completion_tokens']) ?? this.#outputTokens;
  }
}

/** Reasoning (`reasoning_content` at DeepSeek and vLLM, `reasoning` at others) or a tool call. */
function hasOtherToken(message: Readonly<Record<string, unknown>>): boolean {
  const reasoning = message['reasoning_content'] ?? message['reasoning'];
  if (typeof reasoning === 'string' && reasoning !== '') return true;
  const calls = message['tool_calls'];
  return Array.isArray(calls) && calls.length > 0;
}

function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Cut off in the middle of an event.
  }
}
