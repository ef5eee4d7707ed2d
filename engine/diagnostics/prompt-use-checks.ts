import { checkDataset } from './dataset-checks.ts';
import type { Diagnostic, DocumentPath, RelatedPlace } from '../documents/diagnostic.ts';
import { judgeVariables } from './benchmark-prompt-checks.ts';
import { shortPlace, sortFindings } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import type { BenchmarkSource } from './policy-figure-checks.ts';
import { findVariables, readPromptVariables } from '../documents/prompt-variables.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What the checks of a prompt see of the workspace. */
export interface PromptView {
  /** Absolute path of the prompt. */
  readonly path: string;
  /** Every valid benchmark file of the workspace. */
  benchmarks(signal: AbortSignal): Promise<readonly BenchmarkSource[]>;
  /** The view from a benchmark's file. */
  viewFrom(path: string): Promise<WorkspaceView | undefined>;
  /** Absolute path of what the file at `from` names. */
  resolve(from: string, named: string): string;
}

/** A benchmark that asks, or judges, with the prompt. */
interface PromptUse {
  readonly source: BenchmarkSource;
  /** Where it names the prompt. */
  readonly at: DocumentPath;
  readonly isJudge: boolean;
}

const mostUses = 50;
const mostPlaces = 100;

/**
 * Whether the datasets of the benchmarks that ask with a prompt have the columns it reads. Nothing where no benchmark does, where columns cannot be
 * told, and where the prompt has errors. Rejects only with the signal's reason and what the view rejects with.
 */
export async function checkPromptUse(
  parsed: ParsedDocument<'prompt'>,
  view: PromptView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const variables = readPromptVariables(parsed);
  if (variables === undefined || variables.length === 0) return [];
  const benchmarks = await view.benchmarks(signal);
  signal.throwIfAborted();
  const lacking = new Map<string, { readonly uses: PromptUse[]; readonly known: readonly string[] }>();
  for (const use of findUses(benchmarks, view).slice(0, mostUses)) {
    const columns = await readColumns(use, view, signal);
    signal.throwIfAborted();
    if (columns === undefined) continue;
    const known = use.isJudge ? [...judgeVariables, ...columns] : columns;
    for (const name of variables.filter(variable => !known.includes(variable))) {
      const before = lacking.get(name);
      if (before === undefined) lacking.set(name, { uses: [use], known });
      else before.uses.push(use);
    }
  }
  const found = findVariables(parsed)
    .slice(0, mostPlaces)
    .flatMap(({ name, range }): Diagnostic[] => {
      const lack = lacking.get(name);
      return lack === undefined ? [] : [describe(name, range, lack.uses, lack.known)];
    });
  return sortFindings(found);
}

function findUses(benchmarks: readonly BenchmarkSource[], view: PromptView): readonly PromptUse[] {
  return benchmarks.flatMap(source => {
    const { benchmark, path } = source;
    const isThis = (named: string | undefined): boolean =>
      named !== undefined && view.resolve(path, named) === view.path;
    const asked = (benchmark.prompts ?? []).flatMap((prompt, index): PromptUse[] =>
      isThis(prompt) ? [{ source, at: ['prompts', index], isJudge: false }] : [],
    );
    const judged = (benchmark.metrics ?? []).flatMap((entry, index): PromptUse[] =>
      typeof entry === 'object' && isThis(entry.judge?.prompt)
        ? [{ source, at: ['metrics', index, 'judge', 'prompt'], isJudge: true }]
        : [],
    );
    return [...asked, ...judged];
  });
}

async function readColumns(
  { source }: PromptUse,
  view: PromptView,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const around = await view.viewFrom(source.path);
  if (around === undefined) return undefined;
  // What is wrong with the dataset is told in the benchmark.
  const checked = await checkDataset(source.benchmark.dataset, ['dataset'], around, () => undefined, signal);
  return checked?.columns;
}

function describe(
  name: string,
  range: Diagnostic['range'],
  uses: readonly PromptUse[],
  known: readonly string[],
): Diagnostic {
  const suggestion = suggestWord(name, known);
  const names = listWords([...new Set(uses.map(({ source }) => source.benchmark.name))], 4);
  const has = uses.length === 1 ? 'has' : 'have';
  const message = `The dataset of ${names} ${has} no column \`${name}\`.${askDidYouMean(suggestion)} There ${known.length === 1 ? 'is' : 'are'} ${listWords(known, 20)}.`;
  const related = uses.slice(0, 5).map(({ source, at, isJudge }): RelatedPlace => ({
    path: source.path,
    message: `\`${source.benchmark.name}\` ${isJudge ? 'judges' : 'asks'} with this prompt.`,
    range: shortPlace(source.parsed, at),
  }));
  const replacement = suggestion === undefined ? {} : { replacement: suggestion };
  return { code: 'unknown-variable', severity: 'warning', message, range, related, ...replacement };
}
