/** A place in a user's file; lines and columns count from 1, columns in UTF-16 code units. */
export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * What went wrong, as a stable code. Callers branch on the code and never on the message.
 * The prefix tells whose side the fault is on: the user's file, the store, a model, the process.
 */
export type ErrorCode =
  | 'file-not-found'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'file-too-large'
  | 'file-invalid'
  | 'dataset-invalid'
  | 'dataset-column-missing'
  | 'dataset-empty'
  | 'dataset-changed'
  | 'dataset-leakage'
  | 'split-class-empty'
  | 'prompt-invalid'
  | 'model-unknown'
  | 'model-unsuitable'
  | 'metric-unsuitable'
  | 'secret-missing'
  | 'secret-command-failed'
  | 'origin-not-allowed'
  | 'tls-invalid'
  | 'endpoint-unreachable'
  | 'program-not-allowed'
  | 'program-failed'
  | 'container-unavailable'
  | 'environment-missing'
  | 'environment-unusable'
  | 'window-missing'
  | 'run-not-found'
  | 'run-active'
  | 'run-finished'
  | 'run-lease-lost'
  | 'run-changed'
  | 'run-failed'
  | 'platform-unreachable'
  | 'platform-refused'
  | 'platform-malformed'
  | 'machine-not-started'
  | 'machine-lost'
  | 'machine-not-ended'
  | 'storage-unreachable'
  | 'storage-refused'
  | 'error-rate-exceeded'
  | 'budget-exceeded'
  | 'preflight-failed'
  | 'training-diverged'
  | 'deadline-exceeded'
  | 'checkpoint-missing'
  | 'blob-missing'
  | 'platform-refused'
  | 'platform-unreachable'
  | 'registry-not-found'
  | 'registry-exists'
  | 'registry-unknown'
  | 'registry-unreachable'
  | 'registry-refused'
  | 'registry-conflict'
  | 'registry-malformed'
  | 'policy-not-found'
  | 'policy-invalid'
  | 'identity-missing'
  | 'separation-of-duties'
  | 'target-unconfirmed'
  | 'gate-not-met'
  | 'approval-missing'
  | 'baseline-exists'
  | 'record-exists'
  | 'record-not-found'
  | 'record-tampered'
  | 'store-busy'
  | 'store-newer'
  | 'store-corrupt'
  | 'store-unwritable'
  | 'store-full'
  | 'store-remote'
  | 'sqlite-missing'
  | 'usage'
  | 'cancelled'
  | 'internal';

/** Exit codes of the command line: see `aiwb --help`. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

const runtimeCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'endpoint-unreachable',
  'platform-refused',
  'platform-unreachable',
  'registry-unreachable',
  'registry-refused',
  'registry-conflict',
  'registry-malformed',
  'program-failed',
  'container-unavailable',
  'environment-unusable',
  'window-missing',
  'tls-invalid',
  'run-lease-lost',
  'run-failed',
  'platform-unreachable',
  'platform-refused',
  'platform-malformed',
  'machine-not-started',
  'machine-lost',
  'machine-not-ended',
  'storage-unreachable',
  'storage-refused',
  'error-rate-exceeded',
  'budget-exceeded',
  'preflight-failed',
  'training-diverged',
  'deadline-exceeded',
  'store-busy',
  'store-corrupt',
  'store-full',
  'internal',
]);

/** The one error type that reaches a user. `message` says what happened and where, `remedy` what to do about it. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly place: Place | undefined;

  constructor(code: ErrorCode, message: string, details: { remedy?: string; place?: Place; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.place = details.place;
  }

  /** The process exit code this error maps to: 130 interrupted, 3 the run failed, 2 wrong usage or invalid input, 1 a gate not met. */
  get exitCode(): ExitCode {
    if (this.code === 'cancelled') return 130;
    if (this.code === 'gate-not-met') return 1;
    return runtimeCodes.has(this.code) ? 3 : 2;
  }
}

/** Any thrown value as a WorkbenchError; an unexpected one keeps its own words and is marked `internal`. */
export function toWorkbenchError(error: unknown): WorkbenchError {
  if (error instanceof WorkbenchError) return error;
  if (isAbort(error)) return new WorkbenchError('cancelled', 'Cancelled.', { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new WorkbenchError('internal', `Unexpected failure: ${message}`, {
    remedy: 'Run "AI Workbench: Collect diagnostics" (or repeat with --verbose) and report it.',
    cause: error,
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
