import type { Clock } from '../../ports/clock.ts';
import type { HttpReceiver } from '../../ports/http.ts';
import type { AttemptFailure } from '../pacing/attempt-failure.ts';
import { findTemplate, matchTemplate } from './delta-template.ts';
import type { DeltaTemplate } from './delta-template.ts';
import { Draft } from './draft.ts';
import type { Endpoint } from './endpoint.ts';
import { readErrorObject } from './error-object.ts';
import type { ErrorObject } from './error-object.ts';
import {
  failOfBody,
  failOfErrorObject,
  failOfFilter,
  failOfShortcoming,
  failOfSize,
  failOfStatus,
  failOfTruncation,
} from './failures.ts';
import { createLineParser } from './lines.ts';
import { decodePieces } from './json.ts';
import type { ReplyFormat } from './protocol.ts';
import { createSseParser } from './sse.ts';
import type { StreamParser } from './sse.ts';

/** Bytes one JSON body, one event or one streamed answer may have. */
const replyLimit = 16 * 2 ** 20;
const errorBodyLimit = 64 * 2 ** 10;

/** Reads one response as it arrives into a draft. `stop` is called when the rest is not worth receiving. */
export class ReplyReader<Asked> implements HttpReceiver {
  readonly #format: ReplyFormat<Asked>;
  readonly #asked: Asked;
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #stop: () => void;
  readonly #draft = new Draft();
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #stream: StreamParser | undefined;
  #template: DeltaTemplate | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #failure: AttemptFailure | undefined;

  constructor(format: ReplyFormat<Asked>, asked: Asked, endpoint: Endpoint, clock: Clock, stop: () => void) {
    this.#format = format;
    this.#asked = asked;
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
    this.#draft.lastByteAt = this.#clock.monotonic();
    if (!this.#isSuccess()) return;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      this.#giveUp(
        this.#notReply(`a compressed answer (${this.#endpoint.quote(encoding)}) that was not asked for`, ''),
      );
      return;
    }
    const type = headers['content-type'] ?? '';
    if (this.#format.readEvent === undefined) return;
    if (type.includes('text/event-stream')) {
      this.#stream = createSseParser((data, kind) => this.#readEvent(data, kind), replyLimit);
    } else if (type.includes('application/x-ndjson') || type.includes('application/jsonl')) {
      this.#stream = createLineParser(line => this.#readEvent(line, undefined), replyLimit);
    }
    this.#draft.isStream = this.#stream !== undefined;
  }

  data(chunk: Uint8Array): void {
    this.#draft.lastByteAt = this.#clock.monotonic(); // Before any parsing: this is the time of arrival.
    if (this.#failure) return;
    if (this.#stream) {
      if (!this.#stream.push(chunk) || this.#draft.size > replyLimit)
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

  /** The draft of a response that has ended. Throws AttemptFailure. */
  finish(): Draft {
    if (this.#failure) throw this.#failure;
    if (!this.#isSuccess()) {
      const response = { status: this.#status, headers: this.#headers, body: decodePieces(this.#pieces) };
      throw failOfStatus(this.#endpoint, response, body => this.#readError(body), this.#clock.now());
    }
    if (this.#stream) this.#finishStream(this.#stream);
    else this.#readBody(decodePieces(this.#pieces));
    const draft = this.#draft;
    if (draft.isFiltered || (draft.refusal !== '' && draft.output === '')) {
      throw failOfFilter(this.#endpoint, draft.refusal);
    }
    if (draft.shortcoming !== undefined) throw failOfShortcoming(this.#endpoint, draft.shortcoming);
    return draft;
  }

  #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #giveUp(failure: AttemptFailure): void {
    this.#failure = failure;
    this.#pieces = [];
    this.#stop();
  }

  #notReply(what: string, body: string): AttemptFailure {
    return failOfBody(this.#endpoint, what, body, this.#format.remedy);
  }

  #readError(body: unknown): ErrorObject | undefined {
    return this.#format.readError === undefined ? readErrorObject(body) : this.#format.readError(body);
  }

  #finishStream(stream: StreamParser): void {
    const rest = stream.end();
    if (rest !== undefined && (rest === '[DONE]' || isWholeJson(rest))) this.#readEvent(rest, undefined);
    if (this.#failure) throw this.#failure;
    const draft = this.#draft;
    if (!draft.isDone && draft.finishReason === undefined) throw failOfTruncation(this.#endpoint);
    if (!draft.hasAnswer) throw this.#notReply('a stream without an answer in it', '');
  }

  #readEvent(data: string, type: string | undefined): void {
    const draft = this.#draft;
    if (draft.isDone || this.#failure) return;
    if (data === '[DONE]') {
      draft.isDone = true;
      return;
    }
    const text = this.#template && matchTemplate(this.#template, data);
    if (text !== undefined) {
      draft.addText(text);
      return;
    }
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      this.#failure = this.#notReply('a stream event that is not JSON', data);
      return;
    }
    const kind = this.#format.readEvent?.(event, type, draft, this.#asked) ?? 'unknown';
    if (kind === 'text') {
      if (this.#format.textKey !== undefined && draft.latestText !== '')
        this.#template = findTemplate(data, this.#format.textKey, draft.latestText);
    } else if (kind === 'unknown') this.#readUnknown(event, data, type);
  }

  #readUnknown(event: unknown, data: string, type: string | undefined): void {
    const error = this.#readError(event) ?? (type === 'error' ? this.#readError({ error: event }) : undefined);
    this.#failure = error
      ? failOfErrorObject(this.#endpoint, error)
      : this.#notReply(`a stream event that is no ${this.#format.reply} event`, data);
  }

  #readBody(text: string): void {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      if (this.#format.takesText !== true) throw this.#notReply('an answer that is not JSON', text);
      body = text;
    }
    const error = this.#readError(body);
    if (error) throw failOfErrorObject(this.#endpoint, error);
    if (!this.#format.readBody(body, this.#draft, this.#asked)) {
      throw this.#notReply(`JSON that is no ${this.#format.reply}`, text);
    }
  }
}

function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Cut off in the middle of an event.
  }
}
