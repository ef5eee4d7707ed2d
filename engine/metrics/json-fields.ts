import type { JsonFieldsParameters } from '../../schemas/generated/files.ts';
import { sumStatistics } from './corpus-figure.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { isMapping, readPath } from './json-path.ts';
import { rememberLast } from './memo.ts';
import type { Aggregator, CorpusStatistics, Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { readScore } from './score-metric.ts';
import { extractJson } from './text/json-answer.ts';
import { compareFields, scoreFields, type FieldOptions } from './text/json-fields.ts';

export const jsonFields: MetricDefinition = {
  id: 'json-fields',
  title: 'JSON fields',
  description:
    'F1 of the fields of extracted JSON: a field is right where path and value are the target’s, a wrong value is both missed and made up. Over all fields of all answers; `mean` is the mean of each answer’s own F1, and each field of the target has the share of answers that have it right.',
  formula: '2 · right ÷ (2 · right + made up + missed)',
  source: 'Micro F1 over fields. The JSON is the whole answer, else its first fenced block or balanced object or list.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['json-fields', 'json-fields.mean'],
  streams: false,
  create: parameters => createJsonFields(parameters),
};

/** Fields with a figure of their own, the first there are. */
const mostFields = 20;
/** Longer names are cut. */
const longestName = 60;

interface Comparison {
  /** Right, made up and missed fields. */
  readonly statistics: Float64Array;
  /** 1 for each field of the target that is right throughout, else 0. */
  readonly fields: ReadonlyMap<string, number>;
}

function createJsonFields(parameters: JsonFieldsParameters): Metric {
  const identity = identify('json-fields', 'JSON fields, F1', { ...parameters });
  const { id } = identity;
  const compare = createComparison(parameters);
  const nothing = new Float64Array(3);
  const corpus: CorpusStatistics = {
    of: observation => compare(observation)?.statistics ?? nothing,
    figure: sums => (sums.every(count => count === 0) ? NaN : f1Of(sums)),
  };
  const score = (observation: Observation): number | undefined => {
    const compared = compare(observation);
    return compared === undefined ? undefined : f1Of(compared.statistics);
  };
  const shape = { kind: 'quality', unit: 'ratio', direction: 'higher' } as const;
  const named = (label: string) => `${label}${ownSuffix(identity)}`;
  const missing = 'belong to rows whose target is no JSON object or list';
  return {
    ...identity,
    ...shape,
    figures: [id, `${id}.mean`],
    sometimes: (parameters.fields ?? []).slice(0, mostFields).map(field => `${id}.${nameOf(field)}`),
    score,
    right: { isRight: f1 => f1 >= 1, binary: false },
    corpus,
    startAggregate: () =>
      joinFigures([
        sumStatistics(
          { ...shape, metric: id, label: identity.label },
          {
            corpus,
            width: 3,
            range: shareRange,
            suits: observation => compare(observation) !== undefined,
            missing,
          },
        ),
        averageSamples(
          { ...shape, metric: `${id}.mean`, label: named('JSON fields, mean F1') },
          { read: readScore(id, score), range: shareRange, kind: 'mean', missing },
        ),
        averageFields(
          observation => compare(observation)?.fields,
          field => ({
            ...shape,
            metric: `${id}.${nameOf(field)}`,
            label: named(`JSON field ${nameOf(field)}`),
          }),
        ),
      ]),
  };
}

function nameOf(field: string): string {
  return field.length > longestName ? `${field.slice(0, longestName - 1)}…` : field;
}

function createComparison(parameters: JsonFieldsParameters): (observation: Observation) => Comparison | undefined {
  const { fields, tolerance = 0, ...flags } = parameters;
  const options: FieldOptions = {
    tolerance: { absolute: tolerance },
    ignoreCase: flags.ignoreCase ?? false,
    anyOrder: flags.anyOrder ?? false,
    nullIsAbsent: flags.nullIsAbsent ?? false,
  };
  const pick = (value: unknown): unknown => (fields === undefined ? value : pickFields(value, fields));
  return rememberLast((output, target) => {
    const wanted = extractJson(target);
    if (wanted === undefined) return undefined;
    const found = extractJson(output);
    const expected = pick(wanted);
    const actual = found === undefined ? undefined : pick(found);
    const { truePositives, falsePositives, falseNegatives } = compareFields(expected, actual, options);
    return {
      statistics: Float64Array.of(truePositives, falsePositives, falseNegatives),
      fields: compareEach(expected, actual, options),
    };
  });
}

function pickFields(value: unknown, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(field => {
      const found = readPath(value, field);
      return found === undefined ? [] : [[field, found]];
    }),
  );
}

function compareEach(expected: unknown, actual: unknown, options: FieldOptions): Map<string, number> {
  const each = new Map<string, number>();
  if (!isMapping(expected)) return each;
  for (const field of Object.keys(expected).slice(0, mostFields)) {
    const has = isMapping(actual) && Object.hasOwn(actual, field);
    const counts = has ? compareFields(expected[field], actual[field], options) : undefined;
    each.set(field, counts !== undefined && counts.falsePositives + counts.falseNegatives === 0 ? 1 : 0);
  }
  return each;
}

function f1Of([truePositives = 0, falsePositives = 0, falseNegatives = 0]: Float64Array): number {
  return scoreFields({ truePositives, falsePositives, falseNegatives }).f1;
}

/** A share for each field that targets have, the first twenty. */
function averageFields(
  read: (observation: Observation) => ReadonlyMap<string, number> | undefined,
  shapeOf: (field: string) => Parameters<typeof averageSamples>[0],
): Aggregator {
  const fields = new Map<string, Aggregator>();
  return {
    add(observation) {
      for (const field of read(observation)?.keys() ?? []) {
        let aggregator = fields.get(field);
        if (aggregator === undefined) {
          if (fields.size === mostFields) continue;
          aggregator = averageSamples(shapeOf(field), {
            read: seen => read(seen)?.get(field),
            range: shareRange,
            kind: 'share',
            missing: 'belong to rows without it',
          });
          fields.set(field, aggregator);
        }
        aggregator.add(observation);
      }
    },
    values: options => [...fields.values()].flatMap(aggregator => aggregator.values(options)),
  };
}
