import type { ParsedDocument } from '../documents/parse.ts';
import type { CompareRequest } from '../reports/compare-runs.ts';
import { findReferences, type ResultReference } from './result-names.ts';
import { wordsOf, type NamedRuns, type NameResolver } from './resolve-names.ts';

/** The runs a cell compares, the one that the others are compared with first. */
export interface ComparedResults extends CompareRequest {
  /** What the cell calls each of them. */
  readonly names: readonly string[];
}

interface Compared extends NamedRuns {
  readonly reference: ResultReference;
}

/** Reads what a valid comparison compares. Throws `file-invalid` with the place of what cannot be compared. */
export async function readComparison(
  parsed: ParsedDocument<'comparison'>,
  resolver: NameResolver,
  signal: AbortSignal,
): Promise<ComparedResults> {
  const { baseline, confidence } = parsed.value ?? {};
  const references = findReferences('comparison', parsed.draft);
  const compared: Compared[] = [];
  for (const reference of references.filter(({ path }) => path[0] === 'compare'))
    compared.push({ reference, ...(await resolver.find(reference, signal)) });
  const kind = compared.find(one => one.kind !== 'comparison')?.kind;
  for (const { reference, kind: other } of compared) {
    if (other === 'assessment')
      throw resolver.stop(reference, `\`${reference.name}\` is an assessment: it has no figures to compare.`);
    if (other === 'prompt')
      throw resolver.stop(
        reference,
        `\`${reference.name}\` is a prompt trial, which has its models side by side already. To compare prompts, measure them with a benchmark.`,
      );
    if (kind !== undefined && other !== 'comparison' && other !== kind)
      throw resolver.stop(
        reference,
        `\`${reference.name}\` is ${wordsOf(other)} and \`${compared[0]?.reference.name ?? ''}\` is ${wordsOf(kind)}: they share no figure to compare.`,
      );
  }
  const ordered = baseline === undefined ? compared : putFirst(baseline, compared, references, resolver);
  const names = new Map<string, string>();
  for (const { runIds, reference } of ordered)
    for (const runId of runIds)
      if (!names.has(runId)) names.set(runId, runIds.length === 1 ? reference.name : (resolver.nameOf(runId) ?? runId));
  const [first] = compared;
  if (names.size < 2 && first !== undefined)
    throw resolver.stop(first.reference, 'These are one run: name another to compare it with.');
  if (confidence !== undefined && kind === 'tune' && first !== undefined)
    throw resolver.stop(
      { ...first.reference, path: ['confidence'] },
      'Tuning runs are not tested against one another: leave `confidence` out.',
    );
  return {
    runIds: [...names.keys()],
    names: [...names.values()],
    ...(confidence === undefined ? {} : { confidence }),
  };
}

function putFirst(
  baseline: string,
  compared: readonly Compared[],
  references: readonly ResultReference[],
  resolver: NameResolver,
): readonly Compared[] {
  const chosen = compared.find(({ reference }) => reference.name === baseline);
  const reference = references.find(({ path }) => path[0] === 'baseline');
  if (chosen === undefined && reference !== undefined)
    throw resolver.stop(reference, `\`${baseline}\` is none of the results that are compared.`);
  return chosen === undefined ? compared : [chosen, ...compared.filter(one => one !== chosen)];
}
