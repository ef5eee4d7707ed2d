import type { Artifact, ModelVersion, RegisteredModel, ScorecardView } from '../../schemas/generated/messages.ts';

/** The assessed version as the registry knows it. */
export interface ExportedSubject {
  readonly model: RegisteredModel;
  readonly version: ModelVersion;
  readonly artifacts: readonly Artifact[];
}

/** Line and column of a control's id in its policy, both from 1. */
export interface ControlPlace {
  readonly line: number;
  readonly column: number;
}

/** What an assessment is exported from. A scorecard file alone is enough; store and workspace add what they know. */
export interface ExportSource {
  readonly view: ScorecardView;
  readonly subject?: ExportedSubject;
  /** Text of the version's newest model card. */
  readonly card?: string;
  /** Where each control stands in the file of the policy that first asked for it, by `placeKey`, as far as that file is at hand. */
  readonly places: ReadonlyMap<string, ControlPlace>;
  /** SHA-256 as lower-case hex, of UTF-8. */
  readonly sha256: (text: string) => string;
}

/** What `ExportSource.places` is looked up by. */
export function placeKey({ policy, id }: { readonly policy: string; readonly id: string }): string {
  return JSON.stringify([policy, id]);
}
