import type { ServerTimings } from '../model.ts';

/** A tool call as its pieces arrive. */
interface DraftToolCall {
  name: string;
  arguments: string;
}

const none: readonly Readonly<DraftToolCall>[] = [];

/** What one response has said so far. Readers of replies write into it. */
export class Draft {
  output = '';
  /** The model's own words for not answering. */
  refusal = '';
  /** A filter cut the answer or took its place. */
  isFiltered = false;
  finishReason: string | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  reasoningTokens: number | undefined;
  /** Of the input tokens, those the endpoint had cached. */
  cachedInputTokens: number | undefined;
  /** Seconds of sound that were transcribed. */
  audioSeconds: number | undefined;
  fingerprint: string | undefined;
  /** US dollars, where the endpoint says what the answer cost. */
  cost: number | undefined;
  /** The endpoint's own times. */
  timings: ServerTimings | undefined;
  choiceLogprobs: readonly number[] | undefined;
  probabilities: Readonly<Record<string, number>> | undefined;
  vectors: readonly Float32Array[] | undefined;
  /** What the reply lacks, in words that complete "… sent", where it is well formed and no use: the answer then fails. */
  shortcoming: string | undefined;
  /** The endpoint said that its answer is complete. */
  isDone = false;
  /** Something arrived that is an answer, even an empty one. */
  hasAnswer = false;
  /** Whether this is a stream, of which the time to the first token is taken. */
  isStream = false;
  /** Monotonic milliseconds when the latest bytes arrived. */
  lastByteAt = 0;
  /** When the chunk arrived that held the first event with content, reasoning or a tool call; only of a stream. */
  firstTokenAt: number | undefined;
  /** The text given last. */
  latestText = '';
  #calls: Map<number | string, DraftToolCall> | undefined;
  #callSize = 0;

  /** Takes a piece of the answer. */
  addText(text: string): void {
    this.latestText = text;
    if (text === '') return;
    this.output += text;
    this.noteToken();
  }

  /** Something that is no text was produced: reasoning, or a tool call. */
  noteToken(): void {
    if (this.isStream) this.firstTokenAt ??= this.lastByteAt;
  }

  /** Takes a piece of a tool call. `key` tells the calls of one answer apart; name and arguments are appended. */
  addToolCall(key: number | string, name: unknown, args: unknown): void {
    this.#calls ??= new Map();
    let call = this.#calls.get(key);
    if (call === undefined) {
      call = { name: '', arguments: '' };
      this.#calls.set(key, call);
    }
    if (typeof name === 'string') call.name += name;
    if (typeof args === 'string') call.arguments += args;
    this.#callSize += (typeof name === 'string' ? name.length : 0) + (typeof args === 'string' ? args.length : 0) + 16;
    this.noteToken();
  }

  /** The answer is complete: a call whose arguments never came has none. */
  completeToolCalls(): void {
    for (const call of this.#calls?.values() ?? []) if (call.arguments === '') call.arguments = '{}';
  }

  /** Tool calls in the order they began. */
  get toolCalls(): readonly Readonly<DraftToolCall>[] {
    return this.#calls === undefined ? none : [...this.#calls.values()].filter(call => call.name !== '');
  }

  /** Characters held, to bound them. */
  get size(): number {
    return this.output.length + this.refusal.length + this.#callSize;
  }
}
