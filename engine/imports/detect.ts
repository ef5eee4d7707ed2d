import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import type { Inflate } from '../ports/inflate.ts';
import { readGuideLlm } from './guidellm.ts';
import type { ImportedRun, ImportOptions } from './imported.ts';
import { openInspectArchive, readInspect } from './inspect.ts';
import { readLmEval } from './lm-eval.ts';
import { readPromptfoo } from './promptfoo.ts';
import { parsePythonJson } from './python-json.ts';
import { readRunFile } from './run-file.ts';
import { fieldsOf, itemsOf, textFrom } from './values.ts';
import { openZip } from './zip.ts';

/** A results file is read whole; JavaScript holds no longer text than this many bytes. */
const largestJson = 500 * 2 ** 20;

/** Reads another tool's result file, whichever it is, as one or several runs. Throws `file-invalid` for anything else. */
export async function readResults(
  path: string,
  options: ImportOptions,
  files: Files,
  inflate: Inflate,
  signal: AbortSignal,
): Promise<readonly ImportedRun[]> {
  const facts = await files.facts(path);
  if (facts?.kind !== 'file') {
    throw new WorkbenchError('file-not-found', `There is no file ${path}.`, {
      remedy: 'Name a results file of lm-eval, GuideLLM, promptfoo or Inspect.',
      place: { path },
    });
  }
  const head = await files.readRange(path, 0, 4, signal);
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const archive = await openZip(files, inflate, path, facts.size, signal);
    return [readInspect(await openInspectArchive(archive, path, signal), path)];
  }
  if (/\.jsonl$/i.test(path)) throw samplesAlone(path);
  const value = parsePythonJson(await files.readText(path, signal, largestJson), path);
  return readJson(value, path, options, files, signal);
}

async function readJson(
  value: unknown,
  path: string,
  options: ImportOptions,
  files: Files,
  signal: AbortSignal,
): Promise<readonly ImportedRun[]> {
  const file = fieldsOf(value);
  if (file['format'] === 'aiwb-run') return readRunFile(value, path);
  if (Array.isArray(file['benchmarks'])) return [readGuideLlm(file, path)];
  if (textFrom(fieldsOf(file['eval'])['model']) !== undefined) {
    const samples = itemsOf(file['samples']);
    return [
      readInspect(
        {
          header: file,
          async *samples(innerSignal) {
            for (const sample of samples) {
              innerSignal.throwIfAborted();
              yield sample;
            }
          },
        },
        path,
      ),
    ];
  }
  if (Array.isArray(fieldsOf(file['results'])['results'])) return [readPromptfoo(file, path, options)];
  if (file['results'] !== undefined && (file['configs'] ?? file['n-samples'] ?? file['versions']) !== undefined)
    return readLmEval(file, path, options, files, signal);
  throw new WorkbenchError('file-invalid', `${path} is no results file that is known here.`, {
    remedy:
      'Known are lm-eval (results_….json), GuideLLM (benchmarks.json), promptfoo (eval -o output.json), Inspect (.eval or .json) and runs exported from AI Workbench (.run.json).',
    place: { path },
  });
}

function samplesAlone(path: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} holds samples without the results they belong to.`, {
    remedy: 'Name the results_….json beside it: its samples are found by the same date.',
    place: { path },
  });
}
