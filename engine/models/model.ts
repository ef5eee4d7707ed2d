import type { FailureClass } from '../../schemas/generated/messages.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Sampling parameters, in the words of workbench.yaml and prompt files. */
export interface ModelParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

export interface Question {
  /** The dataset row's input, for models that take text as it is. */
  readonly input: string;
  /** The rendered prompt, for models that converse. */
  readonly messages: readonly Message[];
  readonly parameters: ModelParameters;
  /** Ask for a stream, so that the time to the first token can be taken. */
  readonly stream: boolean;
  /** Milliseconds until the answer must be complete; each attempt has this long. */
  readonly timeout: number;
}

export interface Answer {
  readonly output: string;
  /** Milliseconds from sending the last attempt to its last byte; waits before a retry are not latency. */
  readonly latencyMs: number;
  /** Milliseconds to the first event with content, reasoning or a tool call; only of a stream. */
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** True where the endpoint sent no usage and the counts are estimates. */
  readonly estimatedTokens?: boolean;
  /** `stop`, `length`, `content_filter`, … as the endpoint says. */
  readonly finishReason?: string;
  /** Requests sent, 1 without a retry. */
  readonly attempts: number;
}

/** No usable answer, classed so that it can be counted and told. `attempts` counts the requests sent. */
export class AnswerFailure extends Error {
  override readonly name = 'AnswerFailure';
  readonly class: FailureClass;
  readonly attempts: number;
  constructor(failureClass: FailureClass, message: string, attempts: number, cause?: unknown) {
    super(message, { cause });
    this.class = failureClass;
    this.attempts = attempts;
  }
}

/** Something a benchmark can ask. */
export interface Model {
  /** As the benchmark names it: `gpt`, `embedded:knn`. */
  readonly name: string;
  /** SHA-256 over everything that decides its answers. */
  readonly digest: string;
  /** Throws AnswerFailure when this question could not be answered, and the signal's reason when aborted. */
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}
