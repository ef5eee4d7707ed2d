import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a fake answers, in the words of no API. */
export interface Script {
  readonly words: readonly string[];
  /** `stop`, `length` or `content_filter`; a dialect writes it in its own words. */
  readonly finishReason: string;
  readonly withUsage: boolean;
  readonly inputTokens: number;
}

/** A request as a fake understood it. */
export interface Asked {
  readonly model: string;
  readonly isStream: boolean;
  /** The text an answer is made from: the last user message, or what comes closest. */
  readonly text: string;
  readonly withUsage: boolean;
  readonly inputTokens: number;
  /** The request's parsed body, for dialects that answer from more of it. */
  readonly body?: unknown;
}

/** How one API writes answers. A new fake needs a dialect and a way to read requests; the faults then work on it. */
export interface Dialect {
  /** Media type of a stream. */
  readonly streamType: string;
  /** A whole answer in one body. */
  writeBody(asked: Asked, script: Script, id: number): string;
  /**
   * The events of a stream, each framed: one without text, one a word, the finish, usage where it is its own event, and the end mark.
   * Empty where the API has no streams.
   */
  writeEvents(asked: Asked, script: Script, id: number): string[];
  /** One event around JSON text. */
  frame(json: string): string;
  /** An error in the API's own shape. `code` is one of OpenAI's; a dialect translates those it has other words for. */
  writeError(message: string, code: string, status: number): string;
  /** Whether answers depend on more of a request than its script, such as its choices. */
  readonly readsRequest?: boolean;
  /** Faults that only this API has, or has in its own way. They win over the common ones of the same name. */
  readonly faults?: ReadonlyMap<string, Fault>;
}

/** What a fault needs to spoil one response. */
export interface Spoiled {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly asked: Asked;
  readonly script: Script;
  readonly id: number;
  /** The number after the fault's name, `NaN` without one. */
  readonly argument: number;
  readonly random: () => number;
  /** Where `redirect` points. */
  readonly redirectTo: string;
}

export type Fault = (spoiled: Spoiled) => void;

/** One API of a fake server. */
export interface FakeApi {
  /** Whether a request to this path (without its query) is for this API. */
  matches(path: string, request: IncomingMessage): boolean;
  /** Undefined where the body is not understood: it is answered with 400. */
  read(body: Buffer, request: IncomingMessage): Asked | undefined;
  readonly dialect: Dialect;
}
