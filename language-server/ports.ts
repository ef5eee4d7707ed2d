import type { Clock } from '../engine/ports/clock.ts';
import type { Digest } from '../engine/ports/digest.ts';
import type { Files } from '../engine/ports/files.ts';
import type { Store } from '../engine/ports/store.ts';
import type { DryRunEstimate } from '../schemas/generated/messages.ts';

/** What the language server needs from outside. */
export interface LanguageServerPorts {
  readonly files: Files;
  readonly digest: Digest;
  readonly clock: Clock;
  /** Address of the page that explains the codes of findings, a section each; absent where there is none. */
  readonly explanations?: string;
  /** The store of the workspace at `folder`, without the right to write; absent when there is none, which makes none. Throws when it cannot be read. */
  openStore(folder: string, signal: AbortSignal): Promise<ReadableStore | undefined>;
  /**
   * What a run of a benchmark would send and cost: `path` is the file's, or its notebook's; `folder` the workspace's. Reads the whole
   * dataset; nothing is sent. Throws the benchmark's first fault.
   */
  estimate(path: string, folder: string, text: string, signal: AbortSignal): Promise<DryRunEstimate>;
}

/** The part of a store that helps while a file is written. */
export type ReadableStore = Pick<
  Store,
  'path' | 'listRuns' | 'getRun' | 'registry' | 'catalogue' | 'ledger' | 'dataVersion' | 'close'
>;
