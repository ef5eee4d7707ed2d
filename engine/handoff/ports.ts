import type { ModelVersion, Publication } from '../../schemas/generated/messages.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { Registries } from '../registry/registries.ts';

/** Everything outside the engine that handing models over needs. */
export interface HandoffPorts extends GovernancePorts {
  readonly registries: Registries;
  /** What is being done, in a sentence. */
  readonly onProgress?: (sentence: string) => void;
}

/** What came of publishing. */
export interface HandedOff {
  readonly publications: readonly Publication[];
  /** What a reader must know, such as what nobody else can fetch. */
  readonly notes: readonly string[];
}

/** What became of something in another registry. */
export interface VersionThere {
  readonly version: ModelVersion;
  readonly url?: string;
  readonly notes: readonly string[];
}
