import type { Message, Model } from '../models/model.ts';
import type { ProgramOptions, ProgramResult, LineProgram } from '../ports/programs.ts';
import type { Observation } from './metric.ts';

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

/** A model that measures, such as a judge, with its price. */
export interface MeasuringModel {
  readonly model: Model;
  /** US dollars per million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
}

/** What a metric may use while it measures; everything is opened once a run. */
export interface MeasureTools {
  /** A connection or trained model by its name in `needs.models`. */
  model(name: string): MeasuringModel;
  /** Text of a file in `needs.files`. */
  text(path: string): string;
  /** Starts a program once and keeps it for the run. */
  program(command: readonly string[]): Promise<LineProgram>;
  /** Runs a container image without network and with bounded memory and time. Throws `container-unavailable`. */
  container(image: string, command: readonly string[], options: Omit<ProgramOptions, 'folder'>): Promise<ProgramResult>;
  /** Milliseconds one measurement may take. */
  readonly timeout: number;
  readonly seed: number;
}

/** What must be there before anything is asked. */
export interface MeasureNeeds {
  /** Names of connections. */
  readonly models?: readonly string[];
  /** Files to read, relative to the benchmark's file. */
  readonly files?: readonly string[];
  readonly programs?: readonly (readonly string[])[];
  /** Image of a container. */
  readonly container?: string;
}
