/** How the figures of the classes become one. */
export type Average = 'macro' | 'micro' | 'weighted';
export type ClassFigure = 'precision' | 'recall' | 'f1';
/** Figures of the whole matrix, which need no averaging. */
export type MatrixFigure = 'balanced-accuracy' | 'mcc';

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
 *
 * Balanced accuracy (Brodersen et al. 2010) is the mean recall of the classes with targets, `balanced_accuracy_score`. MCC is Matthews'
 * correlation for any number of classes (Gorodkin 2004), `matthews_corrcoef`, 0 where targets or answers do not vary; answers
 * that are no label count as one further class. `average` says nothing to these two.
 */
export function computeClassFigure(
  figure: ClassFigure | MatrixFigure,
  average: Average,
  counts: ClassCounts,
): number | undefined {
  if (figure === 'balanced-accuracy') return computeBalancedAccuracy(counts);
  if (figure === 'mcc') return computeMatthews(counts);
  return average === 'micro' ? computeMicro(figure, counts) : computeAverage(figure, average, counts);
}

/** Whether targets and answers both vary; where they do not, no correlation exists. */
export function canCorrelate(counts: ClassCounts): boolean {
  const { answers, targets } = measureSpread(counts);
  return answers > 0 && targets > 0;
}

function computeBalancedAccuracy({ right, support }: ClassCounts): number | undefined {
  let sum = 0;
  let classes = 0;
  for (let label = 0; label < right.length; label++) {
    if (support[label] === 0) continue;
    sum += right[label]! / support[label]!;
    classes++;
  }
  return classes === 0 ? undefined : sum / classes;
}

function computeMatthews(counts: ClassCounts): number | undefined {
  const { rows, covariance, answers, targets } = measureSpread(counts);
  if (rows === 0) return undefined;
  return answers > 0 && targets > 0 ? covariance / Math.sqrt(answers * targets) : 0;
}

/** Covariance of targets and answers as class indicators, and the variance of each, all times rows². */
function measureSpread({ right, answered, support }: ClassCounts) {
  let rows = 0;
  let rightRows = 0;
  let strangers = 0;
  let chance = 0;
  let sameAnswers = 0;
  let sameTargets = 0;
  for (let label = 0; label < right.length; label++) {
    rows += support[label]!;
    strangers += support[label]! - answered[label]!;
    rightRows += right[label]!;
    chance += answered[label]! * support[label]!;
    sameAnswers += answered[label]! ** 2;
    sameTargets += support[label]! ** 2;
  }
  return {
    rows,
    covariance: rightRows * rows - chance,
    answers: rows * rows - sameAnswers - strangers ** 2,
    targets: rows * rows - sameTargets,
  };
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
