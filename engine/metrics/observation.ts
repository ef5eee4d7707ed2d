import type { ToolCall } from '../models/model.ts';

/** What a metric sees of an answered sample. */
export interface Observation {
  readonly output: string;
  readonly target: string;
  /** Position of its row; repeats of a row share it. */
  readonly row?: number;
  readonly slices?: Readonly<Record<string, string>>;
  /** How the row was disturbed, where it was; absent for rows asked as they are. */
  readonly perturbation?: string;
  /** The options of a multiple-choice row. Known when the answer comes, not of a stored sample. */
  readonly choices?: readonly string[];
  /** Log-likelihoods of the choices. Known when the answer comes. */
  readonly choiceLogprobs?: readonly number[];
  /** Label probabilities of a classifier. Known when the answer comes. */
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly toolCalls?: readonly ToolCall[];
  /** Numbers measured when the answer came and stored with the sample, by key. */
  readonly scores?: Readonly<Record<string, number>>;
  readonly latencyMs?: number;
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  readonly estimatedTokens?: boolean;
  readonly cost?: number;
}
