/** How the figures of the classes become one. */
export type Average = 'macro' | 'micro' | 'weighted';
export type ClassFigure = 'precision' | 'recall' | 'f1';

/** Rows of each class: rightly answered, answered at all, and truly of it. */
export interface ClassCounts {
  readonly right: Float64Array;
  readonly answered: Float64Array;
  readonly support: Float64Array;
}

export function createClassCounts(labels: number): ClassCounts {
  return { right: new Float64Array(labels), answered: new Float64Array(labels), support: new Float64Array(labels) };
}

/**
 * Precision, recall or F1 over the classes as scikit-learn computes them with `zero_division=0`: a figure whose denominator is zero is 0.
 * Classes with neither targets nor answers are left out. Undefined where no row was counted.
 */
export function computeClassFigure(figure: ClassFigure, average: Average, counts: ClassCounts): number | undefined {
  return average === 'micro' ? computeMicro(figure, counts) : computeAverage(figure, average, counts);
}

function computeMicro(figure: ClassFigure, { right, answered, support }: ClassCounts): number | undefined {
  let rightRows = 0;
  let answeredRows = 0;
  let rows = 0;
  for (let label = 0; label < right.length; label++) {
    rightRows += right[label]!;
    answeredRows += answered[label]!;
    rows += support[label]!;
  }
  return rows === 0 ? undefined : figureOf(figure, rightRows, answeredRows, rows);
}

function computeAverage(figure: ClassFigure, average: Average, counts: ClassCounts): number | undefined {
  let sum = 0;
  let weights = 0;
  for (let label = 0; label < counts.right.length; label++) {
    const answered = counts.answered[label]!;
    const support = counts.support[label]!;
    if (answered === 0 && support === 0) continue;
    const weight = average === 'macro' ? 1 : support;
    sum += weight * figureOf(figure, counts.right[label]!, answered, support);
    weights += weight;
  }
  return weights === 0 ? undefined : sum / weights;
}

function figureOf(figure: ClassFigure, right: number, answered: number, support: number): number {
  if (right === 0) return 0;
  if (figure === 'precision') return right / answered;
  if (figure === 'recall') return right / support;
  return (2 * right) / (answered + support);
}
