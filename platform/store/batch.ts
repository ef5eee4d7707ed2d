import type { SampleRecord } from '../../engine/ports/store.ts';
import type { FailureClass, SampleDetails } from '../../schemas/generated/messages.ts';

/**
 * Samples as they travel between the threads: flat arrays cost 0.8 µs a sample to send, objects 1.4 µs and as much again
 * to receive. An absent text is null, an absent number NaN (which SQLite stores as NULL).
 */
export interface SampleBatch {
  readonly count: number;
  /** `textsPerSample` a sample: row digest, input, target, slices, output, scores, failure class and message, details. */
  readonly texts: readonly (string | null)[];
  /** `numbersPerSample` a sample: variant, row, occurrence, repeat, right, latency, first token, tokens in, tokens out, cost, attempts. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

export const textsPerSample = 9;
export const numbersPerSample = 11;

export function packSamples(samples: readonly SampleRecord[]): SampleBatch {
  const texts: (string | null)[] = [];
  const numbers = new Float64Array(samples.length * numbersPerSample);
  let at = 0;
  for (const sample of samples) {
    texts.push(
      sample.rowDigest,
      sample.input,
      sample.target,
      JSON.stringify(sample.slices),
      sample.output ?? null,
      JSON.stringify(sample.scores),
      sample.failure?.class ?? null,
      sample.failure?.message ?? null,
      sample.details === undefined ? null : JSON.stringify(sample.details),
    );
    numbers[at++] = sample.variant;
    numbers[at++] = sample.row;
    numbers[at++] = sample.occurrence;
    numbers[at++] = sample.repeat;
    numbers[at++] = sample.right === undefined ? NaN : Number(sample.right);
    numbers[at++] = sample.latencyMs ?? NaN;
    numbers[at++] = sample.firstTokenMs ?? NaN;
    numbers[at++] = sample.inputTokens ?? NaN;
    numbers[at++] = sample.outputTokens ?? NaN;
    numbers[at++] = sample.cost ?? NaN;
    numbers[at++] = sample.attempts;
  }
  return { count: samples.length, texts, numbers };
}

export function unpackSamples(batch: SampleBatch): SampleRecord[] {
  const samples: SampleRecord[] = [];
  for (let index = 0; index < batch.count; index++) samples.push(unpackSample(batch, index));
  return samples;
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** Optional fields are set one by one: a million samples are read for a report, and copying objects together would take longer than reading them. */
function unpackSample({ texts, numbers }: SampleBatch, index: number): SampleRecord {
  const text = index * textsPerSample;
  const number = index * numbersPerSample;
  const sample: Writable<SampleRecord> = {
    variant: numbers[number] as number,
    row: numbers[number + 1] as number,
    rowDigest: texts[text] ?? '',
    occurrence: numbers[number + 2] as number,
    repeat: numbers[number + 3] as number,
    input: texts[text + 1] ?? '',
    target: texts[text + 2] ?? '',
    slices: parseSlices(texts[text + 3] ?? '{}'),
    scores: parseScores(texts[text + 5] ?? '{}'),
    attempts: numbers[number + 10] as number,
  };
  setTexts(sample, texts, text);
  setNumbers(sample, numbers, number);
  return sample;
}

function setTexts(sample: Writable<SampleRecord>, texts: SampleBatch['texts'], at: number): void {
  const output = texts[at + 4] ?? null;
  const failure = texts[at + 6] ?? null;
  const details = texts[at + 8] ?? null;
  if (output !== null) sample.output = output;
  if (failure !== null) sample.failure = { class: failure as FailureClass, message: texts[at + 7] ?? '' };
  if (details !== null) sample.details = JSON.parse(details) as SampleDetails;
}

function setNumbers(sample: Writable<SampleRecord>, numbers: Float64Array, at: number): void {
  const right = numbers[at + 4] as number;
  const latencyMs = numbers[at + 5] as number;
  const firstTokenMs = numbers[at + 6] as number;
  const inputTokens = numbers[at + 7] as number;
  const outputTokens = numbers[at + 8] as number;
  const cost = numbers[at + 9] as number;
  if (!Number.isNaN(right)) sample.right = right === 1;
  if (!Number.isNaN(latencyMs)) sample.latencyMs = latencyMs;
  if (!Number.isNaN(firstTokenMs)) sample.firstTokenMs = firstTokenMs;
  if (!Number.isNaN(inputTokens)) sample.inputTokens = inputTokens;
  if (!Number.isNaN(outputTokens)) sample.outputTokens = outputTokens;
  if (!Number.isNaN(cost)) sample.cost = cost;
}

const parseSlices = createParser<string>();
const parseScores = createParser<number>();

/** Few slices and scores of right and wrong have many different texts; those seen first are parsed once. */
function createParser<Value>(): (json: string) => Readonly<Record<string, Value>> {
  const known = new Map<string, Readonly<Record<string, Value>>>();
  return json => {
    const seen = known.get(json);
    if (seen !== undefined) return seen;
    const parsed = Object.freeze(JSON.parse(json) as Record<string, Value>);
    if (known.size < mostRemembered && json.length <= longestRemembered) known.set(json, parsed);
    return parsed;
  };
}

const mostRemembered = 500;
const longestRemembered = 1000;
