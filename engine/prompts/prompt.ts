import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Message, ModelParameters } from '../models/model.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { compileTemplate } from './template.ts';

/** A prompt file, ready to be filled with rows. */
export interface Prompt {
  /** As the benchmark names it: the path it was given. */
  readonly path: string;
  readonly name: string;
  /** SHA-256 over its messages and parameters. */
  readonly digest: string;
  readonly parameters: ModelParameters;
  /** Columns the messages read. */
  readonly variables: readonly string[];
  render(values: Readonly<Record<string, unknown>>): readonly Message[];
}

/** Reads and compiles a prompt file. `path` is absolute, `name` what reports call it. Throws `file-invalid` or `prompt-invalid`. */
export async function loadPrompt(
  files: Files,
  digest: Digest,
  path: string,
  shownPath: string,
  signal: AbortSignal,
): Promise<Prompt> {
  const parsed = parseDocument('prompt', await files.readText(path, signal));
  if (parsed.value === undefined) throw invalidFileError(path, parsed.diagnostics);
  const { name, messages, modelParameters } = parsed.value;
  const compiled = messages.map(message => ({
    role: message.role,
    template: compileTemplate(message.content, shownPath),
  }));
  return {
    path: shownPath,
    name: name ?? shownPath,
    digest: digest.sha256(
      JSON.stringify([messages.map(({ role, content }) => [role, content]), modelParameters ?? {}]),
    ),
    parameters: modelParameters ?? {},
    variables: [...new Set(compiled.flatMap(message => message.template.variables))],
    render: values => compiled.map(({ role, template }) => ({ role, content: template.render(values) })),
  };
}

/** The prompt of a benchmark without prompt files: the input itself, as the user's message. */
export function inputAsMessage(input: string): readonly Message[] {
  return [{ role: 'user', content: input }];
}
