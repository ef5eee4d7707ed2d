import { WorkbenchError } from '../base/errors.ts';
import type { Diagnostic } from './diagnostic.ts';
import { kindOfPath } from './kinds.ts';

/** The first error of a file as the error its caller stops with. `diagnostics` must hold at least one error. */
export function invalidFileError(path: string, diagnostics: readonly Diagnostic[]): WorkbenchError {
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error');
  const first = errors[0];
  if (first === undefined)
    return new WorkbenchError('internal', `${path}: refused without a reason.`, { place: { path } });
  const line = first.range.start.line + 1;
  const column = first.range.start.character + 1;
  const others = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const isCell = /\.ipynb$/i.test(path);
  // Files of other names are read as what they are named for, and `aiwb validate` does not know them.
  const isOurs = kindOfPath(path) !== undefined;
  const fix =
    first.replacement === undefined ? `Correct the ${isCell ? 'cell' : 'file'}` : `Write \`${first.replacement}\``;
  return new WorkbenchError('file-invalid', `${path}:${line}:${column}: ${first.message}${others}`, {
    remedy:
      isCell || !isOurs ? `${fix}.` : `${fix}; \`aiwb validate ${quotePath(path)}\` lists every fault with its place.`,
    place: { path, line, column },
  });
}

function quotePath(path: string): string {
  return /[\s"'$&;|<>()*?]/.test(path) ? `"${path}"` : path;
}
