import type { Question } from '../model.ts';
import type { Draft } from './draft.ts';
import type { ErrorObject } from './error-object.ts';

/** One request, but for the headers that every request to the endpoint carries. */
export interface HttpCall {
  /** Default `POST`. */
  readonly method?: 'GET' | 'POST';
  /** Absolute and within the endpoint's origin, as `Endpoint.urlOf` makes it. */
  readonly url: string;
  readonly body?: string | Uint8Array;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Headers of this request alone; names in lower case. They do not replace those of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What an event of a stream was: `text` where it brought nothing but the text just given to `Draft.addText`, `other` where it was
 * understood, `unknown` where it is no event of this API (it may still be an error, which is then looked for).
 */
export type EventKind = 'text' | 'other' | 'unknown';

/** How replies of one API are read into a draft. Readers get foreign data: they check each field and never throw. */
export interface ReplyFormat<Asked> {
  /** What a reply is called in messages: `chat completion`. */
  readonly reply: string;
  /** What to check where the reply is none: `Check that baseUrl is …`. */
  readonly remedy: string;
  /** A body that is not JSON is given to `readBody` as text. Default: it is a failure. */
  readonly takesText?: boolean;
  /**
   * The key before the text in events that carry only text, where such events of one stream differ in nothing else:
   * they are then read without being parsed.
   */
  readonly textKey?: string;
  /** Reads a parsed body; false where it is no reply of this API. Error bodies do not come here. */
  readBody(body: unknown, draft: Draft, asked: Asked): boolean;
  /** Reads a parsed event of a stream (server-sent events or JSON lines). Absent where the API has no streams. */
  readEvent?(event: unknown, type: string | undefined, draft: Draft, asked: Asked): EventKind;
  /** The error in a parsed body or event, where the API has a shape of its own. Default: `readErrorObject`. */
  readError?(body: unknown): ErrorObject | undefined;
}

/** Sends one more request to the endpoint and gives the parsed body of its reply. Throws AttemptFailure, or the signal's reason. */
export type AskJson = (call: HttpCall) => Promise<unknown>;

/** Choices scored by their log-likelihood: the likeliest is the answer. */
export interface ScoredChoices {
  /** In the order of the choices, natural logarithms. */
  readonly choiceLogprobs: readonly number[];
  readonly inputTokens: number;
}

/** One API of a provider: how a question becomes a request and a response an answer. */
export interface Protocol extends ReplyFormat<Question> {
  /** Such as `openai-chat`; part of the model's digest. */
  readonly id: string;
  /** Raised when requests or answers change in a way that makes older cached answers differ. */
  readonly version: number;
  /** What decides answers besides address, model and parameters; part of the digest. */
  readonly identity?: readonly unknown[];
  /** Headers the API needs on every request, beside those for content and credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** False where the API counts no tokens, so that none are estimated. Default true. */
  readonly countsTokens?: boolean;
  /** Throws AnswerFailure (class `client`, 0 attempts) for a question the API cannot carry. */
  write(question: Question): HttpCall;
  /** Asks what answers, once before the first question. Where the endpoint does not know such a request, it goes on without. */
  start?(ask: AskJson): Promise<void>;
  /** The same as `write`, for requests that another one must come before. That one's time is no latency. */
  prepare?(question: Question, ask: AskJson): Promise<HttpCall>;
  /** Scores the choices of a question that has some, by as many requests as it takes. Throws AnswerFailure besides. */
  score?(question: Question, choices: readonly string[], ask: AskJson): Promise<ScoredChoices>;
  readonly embedding?: EmbeddingFormat;
}

/** How texts become vectors. */
export interface EmbeddingFormat extends ReplyFormat<readonly string[]> {
  /** Most texts a request takes. */
  readonly batch: number;
  /** `readBody` puts the vectors into `Draft.vectors`, in the order of the texts. */
  write(texts: readonly string[]): HttpCall;
}
