import type { AgentValidateInput } from '../../schemas/generated/messages.ts';
import { createDiagnoser } from '../diagnostics/diagnose.ts';
import { hasErrors } from '../documents/diagnostic.ts';
import { formatDiagnostics } from '../diagnostics/format.ts';
import type { Files } from '../ports/files.ts';
import { countOf } from '../reports/format.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk } from './desk.ts';
import { fileNamed } from './workspace-file.ts';

const mostFindings = 50;

/** What is wrong with a file, or with a text as if it were the file's. */
export async function validate(input: AgentValidateInput, desk: AgentDesk, signal: AbortSignal): Promise<Outcome> {
  const { path, file } = await fileNamed(input.file, desk);
  const files = input.text === undefined ? desk.files : withText(desk.files, path, input.text);
  const { text, diagnostics } = await createDiagnoser(files, desk.memory).diagnose(path, signal);
  const shown = diagnostics.slice(0, mostFindings);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const others = diagnostics.length - errors;
  const more = diagnostics.length > shown.length ? ` The first ${String(mostFindings)} are shown.` : '';
  const verdict = hasErrors(diagnostics) ? 'It cannot be used as it is.' : 'It can be used.';
  return {
    text: `${countOf(errors, 'error')}, ${countOf(others, 'other finding')}. ${verdict}${more}`,
    data: [{ title: 'FINDINGS', text: formatDiagnostics([{ path: file, text, diagnostics: shown }], 'text') }],
    content: {
      file,
      valid: errors === 0,
      total: diagnostics.length,
      findings: shown.map(({ code, severity, message, range, replacement }) => ({
        severity,
        code,
        line: range.start.line + 1,
        column: range.start.character + 1,
        message,
        replacement,
      })),
    },
  };
}

/** The files with one of them holding another text. */
function withText(files: Files, path: string, text: string): Files {
  return {
    ...files,
    readText: async (asked, signal, limit) => (asked === path ? text : files.readText(asked, signal, limit)),
  };
}
