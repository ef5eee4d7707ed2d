import type {
  FailureClass,
  Identity,
  MetricValue,
  Report,
  SampleDetails,
  VariantResult,
} from '../../schemas/generated/messages.ts';

/** Tools whose results come in as runs. */
export type ImportTool = 'lm-eval' | 'guidellm' | 'promptfoo' | 'inspect' | 'ai-workbench';

/** A number another tool measured, for every sample or as a whole. */
export interface ImportedScore {
  /** Key of the samples' scores: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly label: string;
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
}

/** A figure as the file states it, without the samples behind it. */
export interface ImportedFigure extends ImportedScore {
  readonly kind: MetricValue['kind'];
  readonly value: number;
  readonly n: number;
  /** Standard error of the figure, where the tool states one. */
  readonly standardError?: number;
}

/** One model with one prompt or setting. */
export interface ImportedVariant {
  readonly model: string;
  /** What sets it apart from others of the same model: a prompt, a load. */
  readonly prompt?: string;
  readonly figures: readonly ImportedFigure[];
  /** All its figures with their intervals, where the file holds them as we would have made them: they are kept as they are. */
  readonly result?: VariantResult;
  /** Everything that decided its answers, as far as the file says. */
  readonly settings: unknown;
}

export interface ImportedSample {
  readonly variant: number;
  readonly row: number;
  readonly repeat: number;
  readonly input: string;
  readonly target: string;
  readonly slices: Readonly<Record<string, string>>;
  readonly output?: string;
  readonly scores: Readonly<Record<string, number>>;
  readonly latencyMs?: number;
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cost?: number;
  readonly failure?: { readonly class: FailureClass; readonly message: string };
  /** Whether the answer is right, where the file says so itself. */
  readonly right?: boolean;
  readonly attempts?: number;
  readonly details?: SampleDetails;
  /** Why a score is right or wrong, as the tool's scorer said. */
  readonly reasons?: Readonly<Record<string, string>>;
}

/** A result file of another tool, read: what it is about, and its samples in batches. */
export interface ImportedRun {
  readonly tool: ImportTool;
  readonly toolVersion: string | undefined;
  /** The task's or test's name. */
  readonly name: string;
  /** When it was measured, milliseconds since the epoch. */
  readonly createdAt: number | undefined;
  /** The dataset as the tool names it. */
  readonly dataset: string;
  readonly variants: readonly ImportedVariant[];
  /** Settings that the file states for all of them, such as `few_shot`; they are published with the figures. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** What the samples are scored by; the leading one first. */
  readonly scores: readonly ImportedScore[];
  readonly repeats: number;
  /** How its variants compare, where the file holds that as we would have worked it out. */
  readonly comparisons?: Pick<Report, 'comparisons' | 'baseline' | 'confidence'>;
  /** What a reader must know, such as that the file holds no samples. */
  readonly notes: readonly string[];
  samples(signal: AbortSignal): AsyncIterable<readonly ImportedSample[]>;
}

/** Choices that a file cannot make itself. */
export interface ImportOptions {
  /** Field of the tool's rows that is the input, so that rows pair with a benchmark's; default: the usual names, else what was sent. */
  readonly input?: string;
  readonly target?: string;
  /** The registered version that was measured, by a person's word: a file of another tool proves nothing of the kind. */
  readonly about?: StatedVersion;
}

/** A registered version, and who says that results are of it. */
export interface StatedVersion {
  readonly model: string;
  readonly version: string;
  readonly weightsDigest: string;
  /** Digest under which benchmarks record a model of these weights. */
  readonly modelDigest: string;
  readonly by: Identity;
}
