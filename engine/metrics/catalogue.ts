import type { Metric as MetricEntry, MetricName } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { schemaAt } from '../documents/schema.ts';
import { accuracy } from './accuracy.ts';
import { calibration } from './calibration.ts';
import { balancedAccuracy, f1, mcc, precision, recall } from './classes.ts';
import { custom } from './custom.ts';
import { latency, timeToFirstToken } from './durations.ts';
import { cer, wer } from './error-rates.ts';
import { exactMatch } from './exact-match.ts';
import { fairness } from './fairness.ts';
import { judge } from './judge/judge.ts';
import { jsonFields } from './json-fields.ts';
import { jsonSchema } from './json-schema.ts';
import type { FindMetric, Metric, MetricDefinition } from './metric.ts';
import { multipleChoice } from './multiple-choice.ts';
import { numeric } from './numeric.ts';
import { pairwise } from './pairwise.ts';
import { passAtK } from './pass-at-k.ts';
import { pii } from './pii.ts';
import { recorded } from './recorded.ts';
import { regex } from './regex.ts';
import { retrieval } from './retrieval.ts';
import { robustness } from './robustness.ts';
import { rouge } from './rouge.ts';
import { similarity } from './similarity.ts';
import { tokenF1 } from './token-f1.ts';
import { toolCall } from './tool-call.ts';
import { toxicity } from './toxicity.ts';
import { bleu, chrf, ter } from './translation.ts';
import { cost, tokens } from './usage.ts';

const definitions: readonly MetricDefinition[] = [
  exactMatch,
  accuracy,
  balancedAccuracy,
  precision,
  recall,
  f1,
  mcc,
  calibration,
  multipleChoice,
  tokenF1,
  bleu,
  chrf,
  ter,
  rouge,
  wer,
  cer,
  jsonFields,
  regex,
  jsonSchema,
  numeric,
  toolCall,
  retrieval,
  similarity,
  judge,
  pairwise,
  toxicity,
  pii,
  custom,
  passAtK,
  fairness,
  robustness,
  recorded,
  latency,
  timeToFirstToken,
  tokens,
  cost,
];

/** Every metric a benchmark can name, quality first. */
export const metricCatalogue: ReadonlyMap<MetricName, MetricDefinition> = new Map(
  definitions.map(definition => [definition.id, definition]),
);

/** Whether a metric builds on another one, and so cannot be built on. */
export function isComposed(name: string): boolean {
  return name === 'fairness' || name === 'robustness';
}

/**
 * A metric from its entry in a benchmark file: its name, or its name with parameters. `siblings` are all entries of the file, among which a metric
 * that builds on another one finds it. Throws `metric-unsuitable` for an unknown name and for parameters that make no metric.
 */
export function createMetric(entry: MetricEntry, siblings: readonly MetricEntry[] = []): Metric {
  const [name, parameters] = readEntry(entry);
  const definition = metricCatalogue.get(name as MetricName);
  if (!definition) {
    throw new WorkbenchError('metric-unsuitable', `There is no metric named "${name}".`, {
      remedy: `Use one of ${[...metricCatalogue.keys()].join(', ')}.`,
    });
  }
  checkNeeded(definition, parameters);
  return definition.create(parameters, findAmong(siblings, definition));
}

const neededParameters = new Map<MetricName, readonly string[]>();

/** The schema says which parameters a metric cannot do without; a bare name has none. */
function checkNeeded({ id, title }: MetricDefinition, parameters: Parameters): void {
  const needed = neededParameters.get(id) ?? schemaAt('bench', ['metrics', 0, id])?.required ?? [];
  neededParameters.set(id, needed);
  const missing = needed.find(parameter => parameters[parameter] === undefined);
  if (missing === undefined) return;
  throw new WorkbenchError('metric-unsuitable', `${title} needs \`${missing}\`.`, {
    remedy: `Write \`${id}: {${needed.map(parameter => `${parameter}: …`).join(', ')}}\`.`,
  });
}

type Parameters = Readonly<Record<string, unknown>>;

function readEntry(entry: MetricEntry): readonly [name: string, parameters: Parameters] {
  if (typeof entry === 'string') return [entry, {}];
  const [name, parameters] = (Object.entries(entry) as [string, Parameters | undefined][])[0] ?? ['', {}];
  return [name, { ...parameters }];
}

function findAmong(siblings: readonly MetricEntry[], { title }: MetricDefinition): FindMetric {
  return reference => {
    const candidates = siblings
      .map(sibling => ({ sibling, entry: readEntry(sibling) }))
      .filter(({ entry: [name] }) => !isComposed(name));
    const found =
      reference === undefined
        ? candidates.find(({ entry: [name] }) => metricCatalogue.get(name as MetricName)?.kind === 'quality')
        : (candidates.find(({ entry: [, parameters] }) => parameters['name'] === reference) ??
          candidates.find(({ entry: [name] }) => name === reference));
    if (found !== undefined) return { metric: createMetric(found.sibling), isMeasured: true };
    const name = (reference ?? 'accuracy') as MetricName;
    if (!metricCatalogue.has(name) || isComposed(name)) {
      throw new WorkbenchError('metric-unsuitable', `${title} cannot build on "${name}": there is no such metric.`, {
        remedy: 'Name a metric, or the `name` of one among `metrics`.',
      });
    }
    const metric = createMetric(name);
    if (metric.measure !== undefined) {
      throw new WorkbenchError('metric-unsuitable', `${title} builds on ${name}, which is not measured.`, {
        remedy: `Add \`${name}\` with its parameters to \`metrics\`.`,
      });
    }
    return { metric, isMeasured: false };
  };
}
