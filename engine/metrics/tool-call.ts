import type { ToolCallParameters } from '../../schemas/generated/files.ts';
import { readCalls, readExpectedCalls, type ReadCall } from './calls.ts';
import { sumStatistics } from './corpus-figure.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberObservation } from './memo.ts';
import type { CorpusStatistics, Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { binaryRight, readScore } from './score-metric.ts';
import { compareFields, scoreFields, type FieldCounts, type FieldOptions } from './text/json-fields.ts';

export const toolCall: MetricDefinition = {
  id: 'tool-call',
  title: 'Tool calls',
  description:
    'Share of answers that call exactly the expected tools with exactly the expected arguments. The target is JSON: `{name, arguments}`, a list of them, an empty list where none is to be called, or a name alone, for which arguments do not matter.',
  formula:
    'tool-call: answers with the right calls ÷ answers; name: those with the right names ÷ answers; arguments: 2 · right ÷ (2 · right + made up + missed) over the fields of all arguments',
  source: 'Ours; after the exact and AST matching of the Berkeley Function-Calling Leaderboard (Patil et al. 2024).',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['tool-call', 'tool-call.name', 'tool-call.arguments'],
  streams: false,
  create: parameters => createToolCall(parameters),
};

interface Compared {
  readonly exact: number;
  readonly names: number;
  readonly fields: FieldCounts;
}

function createToolCall(parameters: ToolCallParameters): Metric {
  const identity = identify('tool-call', 'Tool calls right', { ...parameters });
  const { id } = identity;
  const compare = createComparison(parameters);
  const score = (observation: Observation) => compare(observation)?.exact;
  const corpus: CorpusStatistics = {
    of(observation) {
      const { truePositives = 0, falsePositives = 0, falseNegatives = 0 } = compare(observation)?.fields ?? {};
      return Float64Array.of(truePositives, falsePositives, falseNegatives);
    },
    figure([truePositives = 0, falsePositives = 0, falseNegatives = 0]) {
      if (truePositives + falsePositives + falseNegatives === 0) return NaN;
      return scoreFields({ truePositives, falsePositives, falseNegatives }).f1;
    },
  };
  const shape = { kind: 'quality', unit: 'ratio', direction: 'higher' } as const;
  const named = (label: string) => `${label}${ownSuffix(identity)}`;
  const missing = 'belong to rows whose target names no tool call';
  return {
    ...identity,
    ...shape,
    figures: [id, `${id}.name`, `${id}.arguments`],
    score,
    right: binaryRight,
    startAggregate: () =>
      joinFigures([
        averageSamples(
          { ...shape, metric: id, label: identity.label },
          { read: readScore(id, score), range: shareRange, kind: 'share', missing },
        ),
        averageSamples(
          { ...shape, metric: `${id}.name`, label: named('Tool names right') },
          { read: observation => compare(observation)?.names, range: shareRange, kind: 'share', missing },
        ),
        sumStatistics(
          { ...shape, metric: `${id}.arguments`, label: named('Tool arguments, F1') },
          {
            corpus,
            width: 3,
            range: shareRange,
            suits: observation => compare(observation) !== undefined,
            missing,
          },
        ),
      ]),
  };
}

function createComparison({
  ordered = false,
  ignoreCase = false,
}: ToolCallParameters): (observation: Observation) => Compared | undefined {
  return rememberObservation(({ target, toolCalls, output }) => {
    const expected = readExpectedCalls(target);
    return expected && compareCalls(expected, readCalls(toolCalls, output), ordered, { ignoreCase });
  });
}

function compareCalls(
  expected: readonly ReadCall[],
  made: readonly ReadCall[],
  ordered: boolean,
  options: FieldOptions,
): Compared {
  const partners = ordered ? expected.map((_, index) => index) : matchCalls(expected, made, options);
  let fields = noFields;
  let names = expected.length === made.length;
  let exact = names;
  expected.forEach((call, index) => {
    const partner = made[partners[index] ?? -1];
    const sameName = partner?.name === call.name;
    names &&= sameName;
    const counts = compareArguments(call, sameName ? partner : undefined, options);
    exact &&= sameName && counts.falsePositives + counts.falseNegatives === 0;
    fields = addCounts(fields, counts);
  });
  made.forEach((call, index) => {
    const used = partners.some((partner, place) => partner === index && expected[place]?.name === call.name);
    if (!used) fields = addCounts(fields, { ...noFields, falsePositives: countArguments(call, options) });
  });
  return { exact: exact ? 1 : 0, names: names ? 1 : 0, fields };
}

/** For each expected call the made one of its name with the most right arguments, each made one once; −1 where there is none. */
function matchCalls(expected: readonly ReadCall[], made: readonly ReadCall[], options: FieldOptions): number[] {
  const taken = new Set<number>();
  return expected.map(call => {
    let best = -1;
    let most = -Infinity;
    made.forEach((candidate, index) => {
      if (taken.has(index) || candidate.name !== call.name) return;
      const counts = compareArguments(call, candidate, options);
      const worth = counts.truePositives - counts.falsePositives - counts.falseNegatives;
      if (worth > most) {
        best = index;
        most = worth;
      }
    });
    if (best >= 0) taken.add(best);
    return best;
  });
}

const noFields: FieldCounts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };

/** Fields of the arguments; none where the target says only the name. Arguments that are no JSON object are one wrong field. */
function compareArguments(expected: ReadCall, made: ReadCall | undefined, options: FieldOptions): FieldCounts {
  const wanted = expected.arguments;
  if (wanted === undefined) return noFields;
  const has = new Map(Object.entries(made?.arguments ?? {}));
  let counts = made !== undefined && made.arguments === undefined ? { ...noFields, falsePositives: 1 } : noFields;
  for (const [name, value] of Object.entries(wanted)) {
    counts = addCounts(counts, compareFields(value, has.get(name), options));
    has.delete(name);
  }
  for (const value of has.values())
    counts = addCounts(counts, { ...noFields, falsePositives: countFields(value, options) });
  return counts;
}

function countArguments(call: ReadCall, options: FieldOptions): number {
  return Object.values(call.arguments ?? {}).reduce<number>((sum, value) => sum + countFields(value, options), 0);
}

/** Fields of a value: all are missing where nothing is compared with it. */
function countFields(value: unknown, options: FieldOptions): number {
  return compareFields(value, undefined, options).falseNegatives;
}

function addCounts(a: FieldCounts, b: FieldCounts): FieldCounts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
  };
}
