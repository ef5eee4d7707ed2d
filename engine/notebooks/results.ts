import type {
  AssessmentOutput,
  ComparisonOutput,
  NamedResult,
  PromptReport,
  Report,
  RunOutput,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import {
  validateAssessmentOutput,
  validateComparisonOutput,
  validateRunOutput,
} from '../../schemas/generated/validators.js';
import { unpackOutput } from '../../schemas/packed-output.ts';
import { countOf, formatNumber, formatPercent, variantName } from '../reports/format.ts';
import type { Notebook, NotebookCell } from './ipynb.ts';
import { assessmentMime, comparisonMime, runMime } from './output-types.ts';

/** What a cell of a notebook has to show for itself, read from its output. */
export interface CellResult extends Omit<NamedResult, 'name'> {
  /** How the cell calls it. */
  readonly name: string | undefined;
  /** Position of its cell, from 0. */
  readonly cell: number;
  /** State of the run; of an assessment what its gate says. */
  readonly state: string;
  /** Of a search the run of its best trial: what the result's name stands for. */
  readonly best?: string;
  /** What its figure rests on. */
  readonly n: number | undefined;
  /** Its leading figure, in words. */
  readonly headline: string | undefined;
}

/** The results of a notebook's cells, in the order of the cells. */
export function readResults({ cells }: Notebook): readonly CellResult[] {
  return cells.flatMap(cell => readResult(cell) ?? []);
}

/** The result that a cell's output holds; undefined where it holds none of ours. */
export function readResult(cell: NotebookCell): CellResult | undefined {
  for (const output of cell.outputs) {
    if (output.type !== 'bundle') continue;
    const run = unpackOutput(output.data[runMime]);
    const comparison = unpackOutput(output.data[comparisonMime]);
    const assessment = unpackOutput(output.data[assessmentMime]);
    if (validateRunOutput(run)) return ofRun(run, cell.index);
    if (validateComparisonOutput(comparison)) return ofComparison(comparison, cell.index);
    if (validateAssessmentOutput(assessment)) return ofAssessment(assessment, cell.index);
  }
  return undefined;
}

/** The named results, for cells that refer to them: of several with one name the newest, and of equally new ones the last. */
export function namedResults(notebook: Notebook): readonly (CellResult & { readonly name: string })[] {
  const newest = new Map<string, CellResult & { readonly name: string }>();
  for (const result of readResults(notebook)) {
    const { name } = result;
    if (name === undefined) continue;
    const known = newest.get(name);
    if (known === undefined || result.createdAt >= known.createdAt) newest.set(name, { ...result, name });
  }
  return [...newest.values()].sort((one, other) => one.cell - other.cell);
}

/** A named result as cells are asked about it. */
export function asNamedResult({
  name,
  kind,
  id,
  best = id,
  createdAt,
}: CellResult & { readonly name: string }): NamedResult {
  return { name, kind, id: best, createdAt };
}

function ofRun(output: RunOutput, cell: number): CellResult {
  const { as: name, runId: id, kind = 'benchmark', state, createdAt, report, tuning, prompt, search } = output;
  const figure =
    report !== undefined ? reportFigure(report) : prompt !== undefined ? promptFigure(prompt) : tuningFigure(tuning);
  const best = search?.best === undefined ? {} : { best: search.best };
  return { name, kind, id, ...best, createdAt, cell, state, n: figure?.n, headline: figure?.headline };
}

function ofComparison(output: ComparisonOutput, cell: number): CellResult {
  const { as: name, runIds, createdAt, report, tuning } = output;
  const [verdict] = report?.comparisons ?? [];
  const figure =
    verdict === undefined ? tuningFigure(tuning?.reports[0]) : { headline: verdict.sentence, n: verdict.n };
  const id = runIds.join(' ');
  return {
    name,
    kind: 'comparison',
    id,
    createdAt,
    cell,
    state: 'succeeded',
    n: figure?.n,
    headline: figure?.headline,
  };
}

function ofAssessment({ as: name, view }: AssessmentOutput, cell: number): CellResult {
  const { id, assessedAt: createdAt, subject, gate, score, controls } = view.scorecard.record;
  const scored = score === null ? 'no score' : `score ${formatPercent(score)} of 100`;
  const headline = `${subject.model}@${subject.version}: ${scored}`;
  return { name, kind: 'assessment', id, createdAt, cell, state: `gate ${gate.outcome}`, n: controls.length, headline };
}

interface Figure {
  readonly headline: string;
  readonly n: number;
}

/** The best model by the metric that decides. */
function reportFigure({ variants, leading }: Report): Figure | undefined {
  const figures = variants.flatMap(variant => {
    const own = variant.metrics.filter(({ value }) => value !== null);
    const figure = own.find(({ metric }) => metric === leading) ?? own.find(({ kind }) => kind === 'quality') ?? own[0];
    return figure === undefined || figure.value === null
      ? []
      : [{ ...figure, value: figure.value, name: variantName(variant) }];
  });
  const [first] = figures;
  if (first === undefined) return undefined;
  const sign = first.direction === 'lower' ? -1 : 1;
  const best = figures
    .filter(({ metric }) => metric === first.metric)
    .reduce((leader, candidate) => (sign * candidate.value > sign * leader.value ? candidate : leader), first);
  return { headline: `${best.name}: ${best.label} ${formatNumber(best.value, best.unit)}`, n: best.n };
}

/** A trial measures nothing: it has answers. */
function promptFigure({ models, rows }: PromptReport): Figure {
  const answers = models.reduce((sum, { answered }) => sum + answered, 0);
  return { headline: `${countOf(answers, 'answer')} of ${countOf(models.length, 'model')}`, n: rows };
}

function tuningFigure(report: TuningReport | undefined): Figure | undefined {
  const aspect = report?.aspects.find(({ aspect: name }) => name === report.selection.aspect) ?? report?.aspects[0];
  const figure = aspect?.metrics.find(({ metric }) => metric === report?.selection.metric) ?? aspect?.metrics[0];
  if (figure === undefined || figure.value === null) return undefined;
  // Of several aspects it matters which one is meant.
  const where = (report?.aspects.length ?? 0) > 1 ? `, ${(aspect?.aspect ?? '').replaceAll('-', ' ')}` : '';
  return { headline: `${figure.label}${where} ${formatNumber(figure.value, figure.unit)}`, n: figure.n };
}
