import type { FailureClass } from '../../../schemas/generated/messages.ts';
import type { SampleRecord } from '../../ports/store.ts';
import type { Answer, Question } from '../model.ts';

/** One answer, or failure, as it was recorded. */
export type Recorded =
  | { readonly answer: Omit<Answer, 'attempts'> }
  | { readonly failure: { readonly class: FailureClass; readonly message: string } };

/** What a recorded answer is found by: the row's digest, its input, or its position. */
export interface RecordedKey {
  readonly rowDigest?: string | undefined;
  readonly input?: string | undefined;
  readonly row?: number | undefined;
}

/** Recorded answers in memory, by row and repeat. */
export class RecordedAnswers {
  readonly #byDigest = new Map<string, Recorded>();
  readonly #byInput = new Map<string, Recorded>();
  readonly #byRow = new Map<string, Recorded>();

  /** The first of several for one row and repeat counts. */
  add({ rowDigest, input, row }: RecordedKey, repeat: number, recorded: Recorded): void {
    if (rowDigest !== undefined) addFirst(this.#byDigest, keyOf(rowDigest, repeat), recorded);
    if (input !== undefined) addFirst(this.#byInput, keyOf(input, repeat), recorded);
    if (row !== undefined) addFirst(this.#byRow, keyOf(String(row), repeat), recorded);
  }

  /** By the row's digest, else by exactly its input, else by its position. */
  find({ input, sample }: Question): Recorded | undefined {
    const repeat = sample?.repeat ?? 0;
    return (
      (sample && this.#byDigest.get(keyOf(sample.rowDigest, repeat))) ??
      this.#byInput.get(keyOf(input, repeat)) ??
      (sample && this.#byRow.get(keyOf(String(sample.row), repeat)))
    );
  }
}

/** What a stored sample says, as it is replayed. */
export function recordOf(sample: SampleRecord): Recorded {
  if (sample.failure !== undefined) return { failure: sample.failure };
  const { latencyMs, firstTokenMs, inputTokens, outputTokens, estimatedTokens, details } = sample;
  return {
    answer: {
      output: sample.output ?? '',
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(estimatedTokens === undefined ? {} : { estimatedTokens }),
      ...(details?.reasoningTokens === undefined ? {} : { reasoningTokens: details.reasoningTokens }),
      ...(details?.finishReason === undefined ? {} : { finishReason: details.finishReason }),
      ...(details?.fingerprint === undefined ? {} : { fingerprint: details.fingerprint }),
      ...(details?.toolCalls === undefined ? {} : { toolCalls: details.toolCalls }),
    },
  };
}

function keyOf(text: string, repeat: number): string {
  return repeat === 0 ? text : `${text}\u0000${String(repeat)}`;
}

function addFirst(map: Map<string, Recorded>, key: string, recorded: Recorded): void {
  if (!map.has(key)) map.set(key, recorded);
}
