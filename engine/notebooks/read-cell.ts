/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/require-await */
import { classifyCell, type JobCell } from '../../schemas/cells.ts';
import type { CellSource, NamedResult, PolicySource, RunKind } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';
import type { RunRequest } from '../runs/start.ts';

/** What a cell asks for. */
export type CellJob =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'run';
      readonly as: string | undefined;
      /** The text of a file of its kind, with nothing left in it that only cells have. */
      readonly request: Pick<RunRequest, 'path' | 'cell'> & { readonly text: string; readonly kind: RunKind };
    }
  | {
      readonly kind: 'assessment';
      readonly as: string | undefined;
      readonly policy: PolicySource & { readonly text: string };
    }
  | {
      readonly kind: 'comparison';
      readonly as: string | undefined;
      readonly runIds: readonly string[];
      /** What the cell calls each of them. */
      readonly names: readonly string[];
    };

const runKinds = { bench: 'benchmark', tune: 'tune' } as const satisfies Partial<Record<JobCell, RunKind>>;

/**
 * Reads what a notebook cell asks for. Throws `usage` where it is none of ours, and `file-invalid` with the place in the cell.
 * @param results the notebook's named results
 */
 
export async function readCell(
  source: CellSource,
  _results: readonly NamedResult[],
  _files: Files,
  _signal: AbortSignal,
): Promise<CellJob> {
  const { notebook: path, cell, text } = source;
  const kind = classifyCell(source.language, text);
  const place = cell === undefined ? {} : { cell };
  if (kind === 'empty') return { kind: 'empty' };
  if (kind === 'bench' || kind === 'tune')
    return { kind: 'run', as: undefined, request: { path, text, kind: runKinds[kind], ...place } };
  if (kind !== 'policy') throw isNotOurs();
  if (parseDocument('policy', text).value?.assess === undefined) throw namesNoVersion();
  return { kind: 'assessment', as: undefined, policy: { path, text, ...place } };
}

function isNotOurs(): WorkbenchError {
  return new WorkbenchError('usage', 'This cell is no benchmark, no tuning job and no policy.', {
    remedy:
      'A benchmark has the keys name, dataset and models, a tuning job name, base and aspects, a policy id, version and level. Notes belong in a Markdown cell.',
  });
}

function namesNoVersion(): WorkbenchError {
  return new WorkbenchError('usage', 'This policy does not say which model version it assesses.', {
    remedy: 'Add it at the end of the cell, such as:\n\nassess: {model: ticket-triage@candidate}',
  });
}
