import type { RunOrigin } from '../../schemas/generated/messages.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { createRunId } from './identity.ts';
import type { RunSpec } from './spec.ts';

/** A benchmark to run: a file, or the text of an unsaved file or notebook cell. */
export interface RunRequest {
  /** Absolute path of the file or notebook. */
  readonly path: string;
  readonly text?: string;
  readonly cell?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly origin: RunOrigin;
  readonly models?: readonly string[];
  readonly limit?: number;
}

/** The specification of a run, with the benchmark's text as it is now. Throws `file-invalid` when it is no benchmark. */
export async function specifyRun(request: RunRequest, files: Files, signal: AbortSignal): Promise<RunSpec> {
  const text = request.text ?? (await files.readText(request.path, signal));
  const parsed = parseDocument('bench', text);
  if (parsed.value === undefined) throw invalidFileError(request.path, parsed.diagnostics);
  return {
    kind: 'benchmark',
    text,
    path: request.path,
    file: files.relative(request.folder, request.path),
    name: parsed.value.name,
    folder: request.folder,
    origin: request.origin,
    ...(request.cell === undefined ? {} : { cell: request.cell }),
    ...(request.models === undefined ? {} : { models: request.models }),
    ...(request.limit === undefined ? {} : { limit: request.limit }),
  };
}

/** Records a new run, queued. */
export function createRun(spec: RunSpec, store: Store, clock: Clock, random: () => number): Promise<RunRecord> {
  return store.createRun({ id: createRunId(clock, random), spec, createdAt: clock.now() });
}
