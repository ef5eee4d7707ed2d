import type { WorkbenchError } from '../base/errors.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import type { PlacedFinding } from './place-finding.ts';

/** The first error of what a cell and the file it uses make together, at the place of its cause. */
export function invalidCellError(notebook: string, used: string, placed: readonly PlacedFinding[]): WorkbenchError {
  const errors = placed.filter(({ finding }) => finding.severity === 'error');
  // What is written in the cell is what was changed last.
  const own = errors.filter(place => place.in === 'cell');
  const told = own.length > 0 ? own : errors;
  return invalidFileError(
    own.length > 0 ? notebook : used,
    told.map(({ finding }) => finding),
  );
}

/** A finding that stops a cell. */
export function stopAt(notebook: string, finding: Diagnostic): WorkbenchError {
  return invalidFileError(notebook, [finding]);
}
