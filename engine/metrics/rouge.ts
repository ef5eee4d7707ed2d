import type { RougeParameters } from '../../schemas/generated/files.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberLast } from './memo.ts';
import type { Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { targetReader } from './targets.ts';
import { rougeScore, type RougeKind } from './text/rouge.ts';
import { compareTexts } from './too-long.ts';

const allKinds: readonly RougeKind[] = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'];
const titles: Readonly<Record<RougeKind, string>> = {
  rouge1: 'ROUGE-1',
  rouge2: 'ROUGE-2',
  rougeL: 'ROUGE-L',
  rougeLsum: 'ROUGE-Lsum',
};

export const rouge: MetricDefinition = {
  id: 'rouge',
  title: 'ROUGE',
  description:
    'F1 of the words, word pairs or longest common subsequence that answers and targets share: how much of a summary is there. Knows only the letters a to z and digits.',
  formula: 'mean over answers of 2 · P · R ÷ (P + R)',
  source: 'rouge-score 0.1.2 (Lin 2004), F1; ROUGE-Lsum splits on line breaks.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: allKinds.map(kind => `rouge.${kind}`),
  streams: false,
  create: parameters => createRouge(parameters),
};

function createRouge(parameters: RougeParameters): Metric {
  const { types, stemmer = false, severalTargets } = parameters;
  const identity = identify('rouge', 'ROUGE', { ...parameters });
  const read = targetReader(severalTargets);
  const [first = 'rouge1', ...others] = types ?? allKinds;
  const compareBy = (kind: RougeKind) => (output: string, target: string) =>
    rougeScore(kind, output, read(target), { stemmer }).f1;
  const readers = new Map<RougeKind, (observation: Observation) => number | undefined>(
    [first, ...others].map(kind => [
      kind,
      rememberLast((output, target) => compareTexts(compareBy(kind), output, target)),
    ]),
  );
  const figureOf = (kind: RougeKind) => {
    const label = `${titles[kind]}${ownSuffix(identity)}`;
    const shape = {
      metric: `${identity.id}.${kind}`,
      label,
      kind: 'quality',
      unit: 'ratio',
      direction: 'higher',
    } as const;
    return averageSamples(shape, {
      read: observation => readers.get(kind)?.(observation),
      range: shareRange,
      kind: 'mean',
      missing: 'are too long to compare with their targets',
      signature: stemmer ? 'stemmer:porter' : 'stemmer:none',
    });
  };
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [first, ...others].map(kind => `${identity.id}.${kind}`),
    score: observation => readers.get(first)?.(observation),
    startAggregate: () => joinFigures([figureOf(first), ...others.map(figureOf)]),
  };
}
