import type { Answer, Message, Model, ModelParameters } from '../models/model.ts';
import type { ContainerJob } from '../ports/containers.ts';
import type { ProgramResult } from '../ports/programs.ts';
import type { Observation } from './observation.ts';

/** An answered sample, as a metric that measures it outside the engine (a judge, a program, an embedding model) sees it. */
export interface MeasuredSample {
  readonly observation: Observation;
  /** The row's input. */
  readonly input: string;
  /** Every column of the row; of a stored sample only input, target and slices. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What was sent. */
  readonly messages: readonly Message[];
  readonly row: number;
  readonly repeat: number;
}

/** What measuring one sample brought. Numbers that are not finite are left out and told in `failure`. */
export interface Measurement {
  /** Added to the sample's scores by key: the metric's id, or `ID.part`. */
  readonly scores: Readonly<Record<string, number>>;
  /** Kept with the sample for people to read, such as a judge's reasons. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** US dollars; counted apart from the model's own cost. */
  readonly cost?: number;
  /** Why the sample has no score by this metric; it is then missing from the metric and counted in its note. */
  readonly failure?: string;
}

/** An answer beside the baseline's answer to the same question. */
export interface AnsweredPair {
  readonly sample: MeasuredSample;
  /** What the baseline answered. */
  readonly baseline: string;
}

/** A model that measures, such as a judge, with its price. */
export interface MeasuringModel {
  /** Answers and embeddings keep to the run's budget and may throw `budget-exceeded`, which ends the run. */
  readonly model: Model;
  /** As the workbench names it. */
  readonly name: string;
  /** US dollars of a reply by what it used; undefined where no price is known. */
  costOf(usage: Partial<Answer>): number | undefined;
  /** What the connection itself sets; a question's own parameters win over them. */
  readonly parameters: ModelParameters;
}

/** What a metric may use while it measures; everything is opened once a run. */
export interface MeasureTools {
  /** A connection by its name in `needs.models`. */
  model(name: string): MeasuringModel;
  /**
   * Sends one request as a JSON line to a program in `needs.programs`, with an `id` of its own, and waits `timeout` milliseconds for the
   * line with that `id`. Throws `ProgramFault` where none comes or it is no JSON object.
   */
  ask(
    command: readonly string[],
    request: Readonly<Record<string, unknown>>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Runs a container without network and with bounded memory, processors and time. Throws `container-unavailable`. */
  container(job: ContainerJob, signal: AbortSignal): Promise<ProgramResult>;
  /** Milliseconds one request to a model may take. */
  readonly timeout: number;
  readonly seed: number;
}

/** Why a program gave no score for one answer. */
export class ProgramFault extends Error {
  override readonly name = 'ProgramFault';
}

/** Stands in `needs.models` for the connection that workbench.yaml names as `judge`. */
export const defaultJudge = '';

/** What measuring one sample asks of a model, as far as it is known beforehand. */
export interface MeasuringLoad {
  /** As in `needs.models`. */
  readonly model: string;
  /** Requests a sample. */
  readonly requests: number;
  /** Characters of each request beside input, target and answer. */
  readonly characters: number;
  /** Tokens of each reply. */
  readonly outputTokens: number;
}

/** What must be there before anything is asked. */
export interface MeasureNeeds {
  /** Names of connections. */
  readonly models?: readonly string[];
  /** Files to read, relative to the benchmark's file. */
  readonly files?: readonly string[];
  readonly programs?: readonly (readonly string[])[];
  readonly container?: Pick<ContainerJob, 'image' | 'runtime'>;
  /** It reads columns of the row other than input, target and slices. */
  readonly columns?: readonly string[];
  /** For the estimate of a dry run. */
  readonly load?: readonly MeasuringLoad[];
}
