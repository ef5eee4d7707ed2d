import type { JudgeParameters } from '../../../schemas/generated/files.ts';

/** What a judge may say of an answer, and the numbers its words stand for. */
export interface VerdictKind {
  readonly kind: 'grade' | 'label' | 'pass';
  /** Lowest and highest score. */
  readonly least: number;
  readonly most: number;
  /** How many different verdicts there are. */
  readonly categories: number;
  /** JSON Schema of the verdict alone. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** For the judge: what to write. */
  readonly instruction: string;
  /** The score of what was written; undefined where it is no verdict. */
  read(written: unknown): number | undefined;
  /** Position of a score among the verdicts, from 0. */
  category(score: number): number;
}

/** Grades of a scale, labels in even steps from 0 to 1, or pass and fail; as the parameters say. */
export function readVerdictKind({ scale, labels, passFail }: JudgeParameters): VerdictKind {
  if (passFail === true) return passOrFail;
  if (labels !== undefined) return createLabels(labels);
  return createGrades(scale?.[0] ?? 1, scale?.[1] ?? 5);
}

function createGrades(least: number, most: number): VerdictKind {
  return {
    kind: 'grade',
    least,
    most,
    categories: most - least + 1,
    schema: { type: 'integer', minimum: least, maximum: most },
    instruction: `a whole number from ${least} (worst) to ${most} (best)`,
    read(written) {
      const grade = typeof written === 'string' && written.trim() !== '' ? Number(written) : written;
      if (typeof grade !== 'number' || !Number.isInteger(grade)) return undefined;
      return grade >= least && grade <= most ? grade : undefined;
    },
    category: score => score - least,
  };
}

function createLabels(labels: readonly string[]): VerdictKind {
  const named = new Map(labels.map((label, index) => [simplify(label), index / (labels.length - 1)]));
  return {
    kind: 'label',
    least: 0,
    most: 1,
    categories: labels.length,
    schema: { type: 'string', enum: labels },
    instruction: `one of ${labels.map(label => JSON.stringify(label)).join(', ')} (worst first)`,
    read: written => (typeof written === 'string' ? named.get(simplify(written)) : undefined),
    category: score => Math.round(score * (labels.length - 1)),
  };
}

const passOrFail: VerdictKind = {
  kind: 'pass',
  least: 0,
  most: 1,
  categories: 2,
  schema: { type: 'string', enum: ['pass', 'fail'] },
  instruction: '"pass" or "fail"',
  read(written) {
    if (typeof written === 'boolean') return written ? 1 : 0;
    if (typeof written !== 'string') return undefined;
    const word = simplify(written);
    if (word === 'pass' || word === 'passed') return 1;
    return word === 'fail' || word === 'failed' ? 0 : undefined;
  },
  category: score => score,
};

function simplify(text: string): string {
  return text.trim().toLowerCase();
}
