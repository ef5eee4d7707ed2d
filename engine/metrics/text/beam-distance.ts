/** Cells on either side of the diagonal that tercom looks at. */
const beamWidth = 25;
const unreached = 1e9;

const step = { keep: 0, replace: 1, delete: 2, insert: 3 } as const;

/** How a hypothesis lies against its reference. */
export interface BeamAlignment {
  readonly distance: number;
  /** For each word of the reference, the word of the hypothesis it lies at; −1 is before the first. */
  readonly places: Int32Array;
  /** Errors among the first 0, 1, 2, … words of the hypothesis and of the reference. */
  readonly hypothesisErrors: Int32Array;
  readonly referenceErrors: Int32Array;
}

/**
 * Edit distances of hypotheses of one length from one reference, near the diagonal only. Rows are kept from one call to the next: a hypothesis that begins like
 * the base computes only what comes after. Memory is linear in both lengths.
 */
export interface BeamDistance {
  /** The distance of a hypothesis whose first `shared` words are those of the base. */
  distance(hypothesis: Int32Array, shared: number): number;
  /** Makes a hypothesis the base, and says how it lies. */
  align(hypothesis: Int32Array): BeamAlignment;
}

/** One matrix: row i holds the cells from `from[i]` on, at `i * width`. */
interface Matrix {
  readonly costs: Int32Array;
  readonly steps: Uint8Array;
}

/** Both texts have at least one word. Source of the beam: sacrebleu 2.6.0, `BeamEditDistance`. */
export function createBeamDistance(reference: Int32Array, hypothesisLength: number): BeamDistance {
  const ratio = reference.length / hypothesisLength;
  const beam = beamWidth < ratio / 2 ? Math.ceil(ratio / 2 + beamWidth) : beamWidth;
  const width = 2 * beam + 2;
  const base = createMatrix(hypothesisLength, width);
  const trial = createMatrix(hypothesisLength, width);
  const from = new Int32Array(hypothesisLength + 1);
  const to = new Int32Array(hypothesisLength + 1);
  for (let row = 1; row <= hypothesisLength; row++) {
    const diagonal = Math.floor(row * ratio);
    from[row] = Math.max(0, diagonal - beam);
    to[row] = row === hypothesisLength ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
  }

  function costAt(matrix: Matrix, row: number, column: number): number {
    if (row === 0) return column;
    if (column < from[row]! || column >= to[row]!) return unreached;
    return matrix.costs[row * width + column - from[row]!]!;
  }

  /** Fills rows from `start` on; the row before them comes from `above`. */
  function fill(matrix: Matrix, above: Matrix, hypothesis: Int32Array, start: number): number {
    const { costs, steps } = matrix;
    for (let row = start; row <= hypothesisLength; row++) {
      const upper = row === start ? above : matrix;
      const word = hypothesis[row - 1]!;
      const first = from[row]!;
      let diagonal = first === 0 ? unreached : costAt(upper, row - 1, first - 1);
      let left = unreached;
      let at = row * width;
      for (let column = first; column < to[row]!; column++) {
        const up = costAt(upper, row - 1, column);
        let best = unreached;
        let how: number = step.replace;
        if (column > 0) {
          const same = word === reference[column - 1];
          best = diagonal + (same ? 0 : 1);
          how = same ? step.keep : step.replace;
        }
        if (best > up + 1) {
          best = up + 1;
          how = step.delete;
        }
        if (best > left + 1) {
          best = left + 1;
          how = step.insert;
        }
        costs[at] = best;
        steps[at] = how;
        at++;
        left = best;
        diagonal = up;
      }
    }
    return costAt(matrix, hypothesisLength, reference.length);
  }

  return {
    distance: (hypothesis, shared) => fill(trial, base, hypothesis, Math.min(shared + 1, hypothesisLength)),
    align(hypothesis) {
      const distance = fill(base, base, hypothesis, 1);
      const places = new Int32Array(reference.length);
      const hypothesisErrors = new Int32Array(hypothesisLength + 1);
      const referenceErrors = new Int32Array(reference.length + 1);
      let row = hypothesisLength;
      let column = reference.length;
      while (row > 0 || column > 0) {
        const how = row === 0 ? step.insert : base.steps[row * width + column - from[row]!]!;
        const wrong = how === step.keep ? 0 : 1;
        if (how !== step.delete) {
          places[column - 1] = row - 1;
          referenceErrors[column--] = wrong;
        }
        if (how !== step.insert) hypothesisErrors[row--] = wrong;
      }
      for (let index = 1; index <= hypothesisLength; index++) hypothesisErrors[index]! += hypothesisErrors[index - 1]!;
      for (let index = 1; index <= reference.length; index++) referenceErrors[index]! += referenceErrors[index - 1]!;
      return { distance, places, hypothesisErrors, referenceErrors };
    },
  };
}

function createMatrix(rows: number, width: number): Matrix {
  const cells = (rows + 1) * width;
  return { costs: new Int32Array(cells), steps: new Uint8Array(cells) };
}
