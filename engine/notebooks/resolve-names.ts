import type { NamedResult } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, type WorkbenchError } from '../base/errors.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { NewText } from '../edits/rewrite.ts';
import type { Store } from '../ports/store.ts';
import { runKindNames } from '../reports/kinds.ts';
import { stopAt } from './cell-errors.ts';
import { findReferences, indexResults, type ResultReference } from './result-names.ts';

type Runs = Pick<Store, 'getRun'>;

/** What a name of a cell stands for. */
export interface NamedRuns {
  readonly runIds: readonly string[];
  readonly kind: NamedResult['kind'];
}

/** Finds what a cell's names stand for. Throws `file-invalid` with the name's place in the cell. */
export interface NameResolver {
  /** The runs of a name, or of a run's id or its beginning. */
  find(reference: ResultReference, signal: AbortSignal): Promise<NamedRuns>;
  /** The texts that stand in the cell in place of the names, so that they mean the same for ever. */
  replace(signal: AbortSignal): Promise<readonly NewText[]>;
  /** What the notebook calls a run by itself; absent where it has no name. */
  nameOf(runId: string): string | undefined;
  stop(reference: ResultReference, message: string, replacement?: string): WorkbenchError;
}

/** For the names in a cell; `content` is what it holds. */
export function createNameResolver(
  cell: ParsedDocument,
  notebook: string,
  results: readonly NamedResult[],
  runs: Runs,
): NameResolver {
  const index = indexResults(results);

  function stop({ path }: ResultReference, message: string, replacement?: string): WorkbenchError {
    const finding: Diagnostic = {
      code: 'unknown-result',
      severity: 'error',
      message,
      range: shortPlace(cell, path),
      ...(replacement !== undefined && { replacement }),
    };
    return stopAt(notebook, finding);
  }

  async function find(reference: ResultReference, signal: AbortSignal): Promise<NamedRuns> {
    const { name } = reference;
    const result = index.get(name);
    if (result !== undefined) return { runIds: result.id.split(' '), kind: result.kind };
    try {
      const { summary } = await runs.getRun(name);
      signal.throwIfAborted();
      return { runIds: [summary.id], kind: summary.kind };
    } catch (error) {
      signal.throwIfAborted();
      if (toWorkbenchError(error).code !== 'run-not-found') throw error;
      throw unknown(reference);
    }
  }

  function unknown(reference: ResultReference): WorkbenchError {
    const names = [...index.keys()];
    const suggestion = suggestWord(reference.name, names);
    const known =
      names.length === 0
        ? 'The notebook has no named results yet: run the cell that has `as` first.'
        : `The notebook's results: ${listWords(names)}.`;
    return stop(
      reference,
      `No result is called \`${reference.name}\`, and no one run's id begins so.${askDidYouMean(suggestion)} ${known}`,
      suggestion,
    );
  }

  /** A checkpoint may as well be a tuning job's, by its name. */
  function replaceCheckpoint(reference: ResultReference): readonly NewText[] {
    const { path, text, name } = reference;
    const result = index.get(name);
    if (result === undefined) return [];
    if (result.kind !== 'tune')
      throw stop(reference, `\`${name}\` is ${wordsOf(result.kind)}: only tuning runs have checkpoints.`);
    return [{ path, text: `checkpoint:${result.id}${text.slice(`checkpoint:${name}`.length)}` }];
  }

  async function replaceRun(reference: ResultReference, signal: AbortSignal): Promise<NewText> {
    const { runIds, kind } = await find(reference, signal);
    const [runId] = runIds;
    if (kind === 'benchmark' && runId !== undefined) return { path: reference.path, text: runId };
    throw stop(reference, `\`${reference.name}\` is ${wordsOf(kind)}: a benchmark is held against a benchmark run.`);
  }

  return {
    find,
    stop,
    nameOf: runId => [...index.values()].find(({ id }) => id === runId)?.name,
    async replace(signal) {
      const texts: NewText[] = [];
      for (const reference of findReferences(cell.kind, cell.draft)) {
        if (reference.isCheckpoint) texts.push(...replaceCheckpoint(reference));
        else texts.push(await replaceRun(reference, signal));
      }
      return texts;
    },
  };
}

/** What a result is, with the article. */
export function wordsOf(kind: NamedResult['kind']): string {
  if (kind === 'assessment') return 'an assessment';
  return kind === 'comparison' ? 'a comparison' : runKindNames[kind];
}
