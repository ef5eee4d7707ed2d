import type {
  Benchmark,
  CaseParameters,
  NoiseParameters,
  ParaphrasesParameters,
  Perturbation,
  TyposParameters,
  WhitespaceParameters,
} from '../../../schemas/generated/files.ts';

/** One way to disturb a row, with all it needs to know. */
export type Disturbance = { readonly name: string; readonly seed: number } & (
  | { readonly kind: 'typos' | 'whitespace'; readonly rate: number }
  | { readonly kind: 'case'; readonly to: 'upper' | 'lower' | 'random' }
  | { readonly kind: 'punctuation' }
  | { readonly kind: 'paraphrases'; readonly parameters: ParaphrasesParameters }
  | { readonly kind: 'noise'; readonly snr: number; readonly color: 'white' | 'pink' }
);

/** The slice that results are broken down by, and its value for rows as they are. */
export const perturbationSlice = 'perturbation';
export const undisturbed = 'none';

/** What a benchmark's results are broken down by. */
export function slicesOf({ dataset, perturbations }: Pick<Benchmark, 'dataset' | 'perturbations'>): readonly string[] {
  return [...(dataset.slices ?? []), ...(perturbations === undefined ? [] : [perturbationSlice])];
}

const defaultRates = { typos: 0.05, whitespace: 0.2 } as const;
const defaultSeed = 7;

/**
 * The disturbances that a benchmark's list stands for, in its order, with the names their slices bear: `typos` (`typos-10%` at another rate
 * than the usual), `case-upper`, `whitespace`, `punctuation`, `paraphrases`, `noise-20dB`.
 */
export function listDisturbances(list: readonly Perturbation[]): readonly Disturbance[] {
  return list.flatMap((entry): readonly Disturbance[] => {
    if (typeof entry === 'string') return fromName(entry);
    if (entry.typos !== undefined) return [typing('typos', entry.typos)];
    if (entry.whitespace !== undefined) return [typing('whitespace', entry.whitespace)];
    if (entry.case !== undefined) return [changingCase(entry.case)];
    if (entry.noise !== undefined) return noises(entry.noise);
    if (entry.paraphrases === undefined) return [];
    return [{ name: 'paraphrases', kind: 'paraphrases', seed: defaultSeed, parameters: entry.paraphrases }];
  });
}

function fromName(name: Extract<Perturbation, string>): readonly Disturbance[] {
  switch (name) {
    case 'typos':
    case 'whitespace':
      return [typing(name, {})];
    case 'case':
      return [changingCase({})];
    case 'punctuation':
      return [{ name, kind: name, seed: defaultSeed }];
    case 'noise':
      return noises({});
  }
}

function typing(kind: 'typos' | 'whitespace', parameters: TyposParameters | WhitespaceParameters): Disturbance {
  const rate = parameters.rate ?? defaultRates[kind];
  const shown = rate === defaultRates[kind] ? kind : `${kind}-${String(Number((rate * 100).toFixed(4)))}%`;
  return { name: shown, kind, rate, seed: parameters.seed ?? defaultSeed };
}

function changingCase({ to = 'lower', seed = defaultSeed }: CaseParameters): Disturbance {
  return { name: `case-${to}`, kind: 'case', to, seed };
}

function noises({ snr = [20, 10, 0], color = 'white', seed = defaultSeed }: NoiseParameters): readonly Disturbance[] {
  const word = color === 'white' ? 'noise' : 'pink-noise';
  return snr.map(ratio => ({ name: `${word}-${String(ratio)}dB`, kind: 'noise', snr: ratio, color, seed }));
}
