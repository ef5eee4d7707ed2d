import { parseDocument } from 'yaml';
import { WorkbenchError } from '../base/errors.ts';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';
import { collectValue } from '../documents/values.ts';
import { fieldsOf } from '../imports/values.ts';
import type { Files } from '../ports/files.ts';
import { convertLmEvalTask } from './convert-lm-eval.ts';
import { convertPromptfoo } from './convert-promptfoo.ts';
import type { Converted } from './converted.ts';

/** Another tool's configuration, by what it holds. */
export type ConfigurationKind = 'promptfoo' | 'lm-eval';

/** Converts a promptfoo configuration or an lm-eval task file. Throws `file-invalid` for anything else. Nothing is written. */
export async function convertFile(path: string, files: Files, signal: AbortSignal): Promise<Converted> {
  const fields = readConfiguration(await files.readText(path, signal), path);
  const converted = await convertConfiguration(fields, path, files, signal);
  if (converted !== undefined) return converted;
  throw new WorkbenchError('file-invalid', `${path} is no configuration that is known here.`, {
    remedy:
      'Known are promptfoo configurations (prompts, providers, tests) and lm-eval task files (task, doc_to_text).',
    place: { path },
  });
}

/** What `fields`, the content of a file, are the configuration of; absent for anything else. */
export function recogniseConfiguration(fields: Readonly<Record<string, unknown>>): ConfigurationKind | undefined {
  if (fields['prompts'] !== undefined && (fields['providers'] ?? fields['targets']) !== undefined) return 'promptfoo';
  const isTask = typeof fields['task'] === 'string' && (fields['doc_to_text'] ?? fields['dataset_path']) !== undefined;
  return isTask ? 'lm-eval' : undefined;
}

/** Converts the content of the file at `path`; undefined where it is none that is known. Nothing is written. */
export async function convertConfiguration(
  fields: Readonly<Record<string, unknown>>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<Converted | undefined> {
  const folder = files.parent(path);
  const name = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .replace(/\.[^.]+$/, '')
    .replace(/\.bench$/, '');
  switch (recogniseConfiguration(fields)) {
    case 'promptfoo':
      return convertPromptfoo(fields, name, async referenced => readBeside(files, folder, referenced, signal));
    case 'lm-eval':
      return convertLmEvalTask(fields);
    case undefined:
      return undefined;
  }
}

function readConfiguration(text: string, path: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, untrustedYaml);
  const [fault] = document.errors;
  const { value, faults } = collectValue(document.contents);
  const message = fault?.message ?? faults[0]?.message;
  if (message === undefined) return fieldsOf(value);
  throw new WorkbenchError('file-invalid', `${path} cannot be read as YAML or JSON: ${message}`, {
    remedy: 'Correct it first.',
    place: { path },
  });
}

/** A file the configuration refers to, only from its own folder or below. */
async function readBeside(
  files: Files,
  folder: string,
  referenced: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = files.resolve(folder, referenced);
  if (files.relative(folder, path).startsWith('..')) return undefined;
  return (await files.facts(path))?.kind === 'file' ? files.readText(path, signal) : undefined;
}
