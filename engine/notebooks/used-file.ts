import { toWorkbenchError } from '../base/errors.ts';
import { diagnosticCodes } from '../documents/codes.ts';
import { hasErrors, type Diagnostic } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import { kindOfPath } from '../documents/kinds.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import { mostBytes } from '../documents/too-large.ts';
import type { Files } from '../ports/files.ts';
import { kindOfUse, type UsableKind, type UsedFile } from './compose-cell.ts';

/** The file a cell uses, or why it cannot be used, with the place in the cell. */
export type FoundUse = { readonly used: UsedFile } | { readonly finding: Diagnostic };

/** The kind of file that `use` names by its ending; absent where a cell can use none such. */
export function kindOfUsed(path: string): UsableKind | undefined {
  const kind = kindOfPath(path);
  return kind === 'workbench' ? undefined : kind;
}

/** Reads the file that a cell uses. A file whose fields are wrong can be used: the cell may put them right. */
export async function readUsed(
  cell: ParsedDocument,
  folder: string,
  files: Pick<Files, 'readText' | 'resolve'>,
  signal: AbortSignal,
): Promise<FoundUse> {
  const use = cell.cell?.use ?? '';
  const fail = (
    code: Diagnostic['code'],
    message: string,
    related?: Diagnostic['related'],
  ): { readonly finding: Diagnostic } => ({
    finding: {
      code,
      severity: 'error',
      message,
      range: shortPlace(cell, ['use']),
      ...(related && { related }),
    },
  });
  const kind = kindOfUsed(use);
  if (kind === undefined)
    return fail(
      'not-allowed-value',
      `\`${use}\` is no file that a cell can use: their names end in \`.bench.yaml\`, \`.tune.yaml\`, \`.policy.yaml\` or \`.prompt.yml\`.`,
    );
  const path = files.resolve(folder, use);
  let text: string;
  try {
    text = await files.readText(path, signal, mostBytes);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toWorkbenchError(error);
    if (code === 'file-not-found')
      return fail('missing-file', `There is no file \`${use}\` (looked up from the notebook's folder).`);
    return fail('unreadable-file', `\`${use}\` cannot be used: ${message}`);
  }
  signal.throwIfAborted();
  const parsed: ParsedDocument = parseDocument(kindOfUse(kind), text);
  const fault = findUnreadable(parsed);
  if (fault === undefined && isMapping(parsed.draft)) return { used: { path, parsed } };
  const first = fault ?? parsed.diagnostics.find(({ severity }) => severity === 'error');
  return fail(
    'unreadable-file',
    `\`${use}\` has errors; open it to see them.`,
    first && hasErrors(parsed.diagnostics) ? [{ message: first.message, range: first.range, path }] : undefined,
  );
}

/** What keeps a text from being read at all. */
export function findUnreadable({ diagnostics }: ParsedDocument): Diagnostic | undefined {
  return diagnostics.find(
    ({ code, severity }) => severity === 'error' && (code === 'empty-file' || diagnosticCodes[code].isSyntax === true),
  );
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
