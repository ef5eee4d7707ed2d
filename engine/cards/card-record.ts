import type { MetricValue, RegisteredModel, VersionDetails } from '../../schemas/generated/messages.ts';

/** What a benchmark's newest run measured on one part of its rows. */
export interface SliceFigure {
  readonly benchmark: string;
  readonly column: string;
  readonly value: string;
  /** Rows of the slice. */
  readonly n: number;
  readonly figure: MetricValue;
}

/** A place in the card that a policy of the workspace asks for. */
export interface AskedPlace {
  /** `#` and a heading's slug, or a dotted key of the front matter. */
  readonly path: string;
  /** What the policy calls it. */
  readonly title: string;
  /** Name of the policy. */
  readonly policy: string;
}

/** Everything a model card is made from. */
export interface CardRecord {
  /** Absent: the local registry. */
  readonly registry?: string;
  readonly model: RegisteredModel;
  readonly details: VersionDetails;
  readonly slices: readonly SliceFigure[];
  readonly asked: readonly AskedPlace[];
}
