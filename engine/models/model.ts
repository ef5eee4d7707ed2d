import type { FailureClass } from '../../schemas/generated/messages.ts';

/** An image or a sound, as it is sent. */
export interface Media {
  /** Such as `image/png` or `audio/wav`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
}

export type ContentPart =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'image' | 'audio'; readonly media: Media };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

/** Sampling parameters, in the words of workbench.yaml and prompt files. */
export interface ModelParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** How much a reasoning model may think, where the endpoint has such a setting. */
  readonly reasoningEffort?: 'minimal' | 'low' | 'medium' | 'high';
}

/** A function the model may ask to have called. The workbench never calls it: the call is the answer. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What an answer must look like: any JSON, or JSON of a schema. */
export type ResponseFormat =
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name: string; readonly schema: Readonly<Record<string, unknown>> };

/** Which sample a question belongs to, for models that answer from a record of earlier answers. */
export interface SampleIdentity {
  readonly row: number;
  readonly rowDigest: string;
  readonly repeat: number;
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
  readonly tools?: readonly Tool[];
  readonly responseFormat?: ResponseFormat;
  /** The choices of a multiple-choice row. A model that scores choices by log-likelihood returns `choiceLogprobs`. */
  readonly choices?: readonly string[];
  /** The sound to transcribe, for speech models. */
  readonly audio?: Media;
  /** Every column of the row, for models that are described by a template over them. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly sample?: SampleIdentity;
}

export interface ToolCall {
  readonly name: string;
  /** JSON text as the model wrote it; it need not be valid. */
  readonly arguments: string;
}

/** Milliseconds a server says it spent on parts of an answer. */
export interface ServerTimings {
  /** Loading the model before this answer. */
  readonly loadMs?: number;
  /** Reading the prompt. */
  readonly promptMs?: number;
  /** Writing the answer. */
  readonly generateMs?: number;
}

export interface Answer {
  readonly output: string;
  /**
   * Milliseconds from sending the last attempt to its last byte; waits before a retry are not latency. Absent only of an answer that was
   * recorded without its time.
   */
  readonly latencyMs?: number;
  /** Milliseconds to the first event with content, reasoning or a tool call; only of a stream. */
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  /** Reasoning tokens are part of them, as endpoints bill them. */
  readonly outputTokens?: number;
  /** Of the output tokens, those the model thought with and did not show. */
  readonly reasoningTokens?: number;
  /** US dollars, where the endpoint or program says what the answer cost. It wins over the connection's price. */
  readonly cost?: number;
  /** Of the input tokens, those the endpoint had cached, where it bills them otherwise. */
  readonly cachedInputTokens?: number;
  /** Seconds of sound that were transcribed. */
  readonly audioSeconds?: number;
  /** True where the endpoint sent no usage and the counts are estimates. */
  readonly estimatedTokens?: boolean;
  /** The endpoint's own times, where it tells them. */
  readonly timings?: ServerTimings;
  /** `stop`, `length`, `content_filter`, … as the endpoint says. */
  readonly finishReason?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Log-likelihood of each of the question's choices, in their order (natural logarithm). */
  readonly choiceLogprobs?: readonly number[];
  /** Probability of each label a classifier knows, by label; they need not sum to 1. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** What the endpoint says answered: its model name and build, such as `gpt-4o-2024-08-06 fp_a1b2`. */
  readonly fingerprint?: string;
  /** Requests sent, 1 without a retry; 0 for a recorded answer. */
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
  /** Vectors of texts, in their order; absent where the model has none. Throws as `answer` does. */
  embed?(texts: readonly string[], timeout: number, signal: AbortSignal): Promise<Embeddings>;
  close(): Promise<void>;
}

export interface Embeddings {
  readonly vectors: readonly Float32Array[];
  readonly inputTokens?: number;
}

/** Characters of text in messages; images and sounds have none. */
export function countCharacters(messages: readonly Message[]): number {
  let characters = 0;
  for (const { content } of messages) {
    if (typeof content === 'string') characters += content.length;
    else for (const part of content) if (part.type === 'text') characters += part.text.length;
  }
  return characters;
}

/** A message's text; an image or a sound is named in brackets. */
export function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content.map(part => (part.type === 'text' ? part.text : `[${part.media.mediaType}]`)).join('\n');
}
