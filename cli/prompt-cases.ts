import path from 'node:path';
import { WorkbenchError } from '../engine/base/errors.ts';
import { readRows } from '../engine/datasets/rows.ts';
import type { Files } from '../engine/ports/files.ts';
import { mostTrialCases } from '../engine/documents/trial.ts';
import type { TrialOptions } from '../engine/prompts/trial-text.ts';

/** What the command line says of the cases that a prompt is tried with. */
export interface CaseChoices {
  /** `name=value`. */
  readonly set?: readonly string[];
  /** A file of rows, each a case. */
  readonly values?: string;
  /** A file of rows as benchmarks have it. */
  readonly dataset?: string;
  readonly input?: string;
  readonly limit?: number;
}

/**
 * The cases as a trial has them; empty where the command line names none. Values that are set hold for every case of a file. Throws `usage`,
 * `dataset-…` and `file-…`.
 */
export async function readCases(
  choices: CaseChoices,
  promptFile: string,
  files: Files,
  signal: AbortSignal,
): Promise<Pick<TrialOptions, 'values' | 'dataset'>> {
  const { set, values, dataset, input } = choices;
  if (dataset !== undefined && (set !== undefined || values !== undefined)) {
    throw new WorkbenchError('usage', 'Cases come from --dataset, or from --set and --values, not from both.', {
      remedy: 'Leave one of them out.',
    });
  }
  if (input !== undefined && dataset === undefined)
    throw new WorkbenchError('usage', '--input names a column of --dataset.', { remedy: 'Give --dataset too.' });
  if (dataset !== undefined) {
    const rows = path.relative(path.dirname(promptFile), path.resolve(dataset)).split(path.sep).join('/');
    return { dataset: { path: rows, ...(input === undefined ? {} : { input }) } };
  }
  const given = readSettings(set ?? []);
  if (values === undefined) return set === undefined ? {} : { values: [given] };
  const cases = await readFileCases(path.resolve(values), choices.limit, files, signal);
  return { values: cases.map(own => ({ ...given, ...own })) };
}

function readSettings(settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map(setting => {
      const at = setting.indexOf('=');
      if (at > 0) return [setting.slice(0, at), setting.slice(at + 1)] as const;
      throw new WorkbenchError('usage', `"${setting}" sets no variable.`, {
        remedy: 'Write it as NAME=VALUE: --set text="My card was charged twice."',
      });
    }),
  );
}

async function readFileCases(
  file: string,
  limit: number | undefined,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const wanted = Math.min(limit ?? mostTrialCases, mostTrialCases);
  const cases: Readonly<Record<string, unknown>>[] = [];
  for await (const batch of readRows(files, file, undefined, signal)) {
    signal.throwIfAborted();
    for (const row of batch) {
      if (cases.length < wanted) {
        cases.push(row.values);
        continue;
      }
      if (limit !== undefined) return cases;
      throw new WorkbenchError('usage', `${file} has more than ${String(mostTrialCases)} rows.`, {
        remedy: 'Take the first ones with --limit, or measure all with a benchmark.',
      });
    }
  }
  if (cases.length > 0) return cases;
  throw new WorkbenchError('dataset-empty', `${file} has no rows.`, { place: { path: file } });
}

/** US dollars, as `0.50` or `0.50 USD`. Throws `usage`. */
export function readDollars(text: string): number {
  const amount = Number(text.replace(/\s*USD$/i, '').replace(/^\$/, ''));
  if (Number.isFinite(amount) && amount >= 0 && text.trim() !== '') return amount;
  throw new WorkbenchError('usage', `"${text}" is no amount of US dollars.`, { remedy: 'Write it as 0.50.' });
}
