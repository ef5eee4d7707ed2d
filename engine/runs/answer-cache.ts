import { omit } from '../base/omit.ts';
import { addressOf } from '../models/connections.ts';
import type { Answer, ContentPart, Question } from '../models/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Store, StoredAnswer } from '../ports/store.ts';
import type { OpenModel } from './models.ts';
import type { RunPlan } from './plan.ts';

/** An answer from the cache: how long it took is another run's. */
export type CachedAnswer = Omit<Answer, 'latencyMs' | 'firstTokenMs' | 'attempts'>;

/** Raised when what is kept of an answer changes. */
const version = 1;
/** Milliseconds between two writes of fresh answers. */
const flushEvery = 500;
/** Answers that wait to be kept are written at once when there are so many. */
const flushAt = 500;
/** Longer answers are not kept: they would fill the store. */
const longestKept = 1_000_000;

/** Providers whose answers depend on nothing but the question: a program or a window may answer otherwise at any time. */
const notCached: ReadonlySet<string> = new Set(['command', 'replay', 'vscode-lm']);

/**
 * Whether a run may answer from the cache: not where rows are asked several times (a repeat must be asked), not where times are measured,
 * not where the benchmark or the person says no. A prompt's trial shows the answers first: those from the cache have no times in it.
 */
export function mayCache({
  benchmark,
  spec,
  repeats,
  metrics,
}: Pick<RunPlan, 'benchmark' | 'spec' | 'repeats' | 'metrics'>): boolean {
  if (benchmark.cache === false || spec.cache === false || repeats > 1) return false;
  if (spec.kind === 'prompt') return true;
  return !metrics.some(({ kind }) => kind === 'latency');
}

/**
 * Answers kept from run to run, by the digest of all that decides them: provider, address, the model's digest (its parameters and the
 * adapter's version among them), the question, and that it is the first repeat. Look-ups that come together go together.
 */
export class AnswerCache {
  readonly #store: Pick<Store, 'findAnswers' | 'saveAnswers'>;
  readonly #digest: Digest;
  readonly #stopTimer: () => void;
  readonly #onFailure: (error: unknown) => void;
  #asked = new Map<string, PromiseWithResolvers<CachedAnswer | undefined>>();
  #fresh: StoredAnswer[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(
    store: Pick<Store, 'findAnswers' | 'saveAnswers'>,
    digest: Digest,
    clock: Clock,
    onFailure: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#digest = digest;
    this.#onFailure = onFailure;
    this.#stopTimer = clock.every(flushEvery, () => {
      this.#write();
    });
  }

  /** The key of a question to a model; undefined where its answers are not kept. */
  keyOf({ planned, model }: OpenModel, question: Question): string | undefined {
    if (planned.kind !== 'connection') return undefined;
    const { connection } = planned;
    const { provider } = connection;
    if (notCached.has(provider)) return undefined;
    const { messages, parameters, tools, responseFormat, choices, audio, values, input } = question;
    // Templates over the row's columns and plain inputs decide the answer too, where there are no messages to carry them.
    const row = messages.length === 0 || provider === 'http' ? [input, values] : [];
    const identity = [
      ['answer', version, provider, addressOf(connection), model.digest, 'repeat 0'],
      messages.map(({ role, content }) => [role, typeof content === 'string' ? content : content.map(identify)]),
      parameters,
      [tools, responseFormat, choices, audio?.digest],
      row,
    ];
    return this.#digest.sha256(JSON.stringify(identity));
  }

  find(key: string): Promise<CachedAnswer | undefined> {
    const known = this.#asked.get(key);
    if (known !== undefined) return known.promise;
    const asked = Promise.withResolvers<CachedAnswer | undefined>();
    if (this.#asked.size === 0) queueMicrotask(() => void this.#lookUp());
    this.#asked.set(key, asked);
    return asked.promise;
  }

  /** Keeps a fresh answer, unless it is one that another try might better: empty, or cut by a content filter. */
  keep(key: string, answer: Answer): void {
    const kept: CachedAnswer = omit(answer, 'latencyMs', 'firstTokenMs', 'attempts');
    const isEmpty =
      answer.output.trim() === '' && answer.toolCalls === undefined && answer.choiceLogprobs === undefined;
    if (isEmpty || answer.finishReason === 'content_filter' || answer.output.length > longestKept) return;
    this.#fresh.push({ key, answer: JSON.stringify(kept) });
    if (this.#fresh.length >= flushAt) this.#write();
  }

  /** Writes what is left. Throws what kept it from being written. */
  async close(): Promise<void> {
    this.#stopTimer();
    this.#write();
    await this.#writing;
  }

  async #lookUp(): Promise<void> {
    const asked = this.#asked;
    this.#asked = new Map();
    try {
      const found = await this.#store.findAnswers([...asked.keys()]);
      for (const { key, answer } of found) asked.get(key)?.resolve(JSON.parse(answer) as CachedAnswer);
      for (const { resolve } of asked.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }

  #write(): void {
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    this.#fresh = [];
    this.#writing = this.#writing.then(() => this.#store.saveAnswers(fresh));
    this.#writing.catch((error: unknown) => {
      this.#onFailure(error);
    });
  }
}

function identify(part: ContentPart): readonly unknown[] {
  return part.type === 'text' ? ['text', part.text] : [part.type, part.media.mediaType, part.media.digest];
}
