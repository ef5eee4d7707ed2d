import type {
  DetectedServer,
  ListedModels,
  ProviderEntry,
  TestedConnection,
} from '../../schemas/generated/messages.ts';
import type { Draft } from './draft.ts';

/** A model that VS Code would lend, as `vendor/family`. */
export interface LentChoice {
  readonly id: string;
  readonly name: string;
}

/** A stored run whose answers can be replayed. */
export interface RecordedRun {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly models: readonly string[];
}

/** What the questions need to know of the outside. Failures are FailureErrors. */
export interface ConnectDesk {
  readonly providers: readonly ProviderEntry[];
  /** Names of connections that are taken. */
  readonly taken: readonly string[];
  /** Names of keys in secret storage. */
  readonly savedKeys: readonly string[];
  /** Whether an environment variable is set where keys are read. */
  isSet(variable: string): boolean;
  detect(signal: AbortSignal): Promise<readonly DetectedServer[]>;
  lent(signal: AbortSignal): Promise<readonly LentChoice[]>;
  runs(): Promise<readonly RecordedRun[]>;
  /** Asks the draft's endpoint, with its key. */
  models(draft: Draft, signal: AbortSignal): Promise<ListedModels>;
  test(draft: Draft, signal: AbortSignal): Promise<TestedConnection>;
}
