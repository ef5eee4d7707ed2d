import type {
  Artifact,
  DatasetArtifact,
  HeadlineFigure,
  MetricArtifact,
  ModelVersion,
  Unit,
} from '../../schemas/generated/messages.ts';
import { keyPart, keyPrefix, type FigureContext } from './keys.ts';

/** Most figures that are known of one version: what others wrote is bounded. */
const mostFigures = 500;
/** Figures that stand in a version's row. */
export const rowFigures = 6;

const scopes = ['baseline', 'custom', 'tuning'] as const;

/**
 * The figures of a version: baseline first, then custom ones, then those of its tuning. They are read from its metric artifacts, of each
 * task on each dataset those of the newest run, and from the summary properties of figures that no artifact tells.
 */
export function figuresOf(
  version: Pick<ModelVersion, 'customProperties'>,
  artifacts: readonly Artifact[] = [],
): HeadlineFigure[] {
  const measured = figuresOfArtifacts(artifacts.filter(isMetric), datasetNames(artifacts));
  const known = new Set(measured.map(figure => `${figure.scope} ${figure.name}`));
  const told = figuresOfProperties(version.customProperties).filter(
    ({ scope, name }) => !known.has(`${scope} ${name}`),
  );
  return [...measured, ...told].sort(byScope).slice(0, mostFigures);
}

function byScope(a: HeadlineFigure, b: HeadlineFigure): number {
  return scopes.indexOf(a.scope) - scopes.indexOf(b.scope);
}

/** Artifacts come from anywhere: one that tells no figure is none. */
function isMetric(artifact: Artifact): artifact is MetricArtifact {
  if (artifact.artifactType !== 'metric') return false;
  const { value, metric, task, scope } = artifact as Readonly<Partial<MetricArtifact>>;
  return Number.isFinite(value) && typeof metric === 'string' && typeof task === 'string' && scope !== undefined;
}

/** Name of each dataset that is told with its digest. */
function datasetNames(artifacts: readonly Artifact[]): ReadonlyMap<string, string> {
  return new Map(
    artifacts.flatMap(artifact =>
      artifact.artifactType === 'dataset-artifact' && artifact.digest !== undefined
        ? [[artifact.digest, datasetName(artifact)] as const]
        : [],
    ),
  );
}

/** Where its rows are, if that is told; else its name, without the run that it begins with. */
function datasetName({ name, uri, runId }: DatasetArtifact): string {
  if (uri !== undefined) return uri;
  const run = runId ?? /^\d{8}-\d{6}-[a-z0-9]+(?=\/)/.exec(name)?.[0];
  return run !== undefined && name.startsWith(`${run}/`) ? name.slice(run.length + 1) : name;
}

function figuresOfArtifacts(
  metrics: readonly MetricArtifact[],
  datasets: ReadonlyMap<string, string>,
): HeadlineFigure[] {
  const newest = new Map<string, MetricArtifact>();
  const groupOf = ({ scope, useCase, task, datasetDigest }: MetricArtifact): string =>
    JSON.stringify([scope, useCase, task, datasetDigest]);
  for (const metric of metrics) {
    const known = newest.get(groupOf(metric));
    if (known === undefined || metric.timestamp > known.timestamp) newest.set(groupOf(metric), metric);
  }
  return metrics
    .filter(metric => newest.get(groupOf(metric))?.runId === metric.runId)
    .sort((a, b) => b.timestamp - a.timestamp)
    .map(metric => {
      const { label, value, unit, direction, scope, task, datasetDigest, n } = metric;
      const hardware = hardwareOf(metric);
      const dataset = datasetDigest === undefined ? undefined : datasets.get(datasetDigest);
      return {
        ...{ name: figureNameOf(metric), label, value, unit, direction, scope, task },
        ...(hardware === undefined ? {} : { hardware }),
        ...(datasetDigest === undefined ? {} : { datasetDigest }),
        ...(dataset === undefined ? {} : { dataset }),
        ...(n === undefined ? {} : { n }),
      };
    });
}

/** `8 × NVIDIA H100`, where it was recorded. */
export function hardwareOf({ hardwareType, hardwareCount }: MetricArtifact): string | undefined {
  if (hardwareType === undefined || hardwareType === '') return undefined;
  return hardwareCount === undefined || hardwareCount === 1 ? hardwareType : `${hardwareCount} × ${hardwareType}`;
}

/** Short names of figures of speed, as the Kubeflow model catalogue calls them, by the beginning of ours. */
const shortNames: readonly (readonly [metric: string, short: string])[] = [
  ['time-to-first-token', 'ttft'],
  ['inter-token-latency', 'itl'],
  ['time-per-output-token', 'tpot'],
  ['latency', 'e2e'],
];

/** What filters call a figure: a short name for speed (`ttft_p90`, `requests_per_second`), else `<task>_<metric>`. */
export function figureNameOf({ task, metric, useCase }: Pick<MetricArtifact, 'task' | 'metric' | 'useCase'>): string {
  const short = shortNameOf(metric);
  const parts = [...(useCase === undefined ? [] : [useCase]), ...(short === undefined ? [task, metric] : [short])];
  return parts.map(keyPart).join('_');
}

function shortNameOf(metric: string): string | undefined {
  for (const [name, short] of shortNames) {
    if (metric.startsWith(`${name}.`)) return `${short}_${metric.slice(name.length + 1)}`;
  }
  const rate = /^((?:requests|output-tokens|tokens)-per-second)(?:\.mean)?$/.exec(metric)?.[1];
  return rate?.replaceAll('-', '_');
}

interface Meaning {
  readonly label: string;
  readonly unit: Unit;
  readonly direction: HeadlineFigure['direction'];
}

const statistics: Readonly<Record<string, string>> = { mean: 'mean', p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99' };

/** What the figures of the Kubeflow model catalogue mean. Absent for names that nobody has agreed on. */
export function knownMeaning(name: string): Meaning | undefined {
  const time = /^(ttft|itl|tpot|e2e)_(\w+)$/.exec(name);
  if (time !== null) {
    const of = {
      ttft: 'Time to first token',
      itl: 'Inter-token latency',
      tpot: 'Time per output token',
      e2e: 'Latency',
    };
    const statistic = statistics[time[2] ?? ''];
    const label = of[time[1] as keyof typeof of];
    return statistic === undefined ? undefined : { label: `${label}, ${statistic}`, unit: 'ms', direction: 'lower' };
  }
  const rate = /^(requests|output_tokens|tokens)_per_second(?:_mean)?$/.exec(name)?.[1];
  if (rate !== undefined)
    return {
      label: `${rate.charAt(0).toUpperCase()}${rate.slice(1).replace('_', ' ')} per second`,
      unit: 'count',
      direction: 'higher',
    };
  return name === 'overall_average' ? { label: 'Overall average', unit: 'score', direction: 'higher' } : undefined;
}

interface Context {
  readonly scope: 'baseline' | 'custom';
  readonly useCase: string | undefined;
  readonly content: FigureContext;
}

function figuresOfProperties(properties: ModelVersion['customProperties']): HeadlineFigure[] {
  const contexts = readContexts(properties);
  const figures: HeadlineFigure[] = [];
  for (const [key, property] of Object.entries(properties)) {
    const parts = /^aiw\.(baseline|custom)\.(?:([^.]+)\.)?([^.]+)$/.exec(key);
    // Registries that keep strings alone give numbers as text.
    const value = typeof property === 'string' && property.trim() !== '' ? Number(property) : property;
    if (parts === null || typeof value !== 'number' || !Number.isFinite(value)) continue;
    const [, scope, useCase, name = ''] = parts;
    figures.push(describeProperty({ scope: scope as Context['scope'], useCase, name, value }, contexts));
  }
  return figures;
}

function describeProperty(
  {
    scope,
    useCase,
    name,
    value,
  }: { scope: Context['scope']; useCase: string | undefined; name: string; value: number },
  contexts: readonly Context[],
): HeadlineFigure {
  const full = useCase === undefined ? name : `${useCase}_${name}`;
  for (const { scope: within, useCase: of, content } of contexts) {
    if (within !== scope || of !== useCase) continue;
    const meant = Object.entries(content.figures).find(
      ([figure]) => keyPart(figure) === name || `${keyPart(content.task)}_${keyPart(figure)}` === name,
    )?.[1];
    if (meant === undefined) continue;
    const { task, hardware, dataset, digest, rows } = content;
    const n = meant.n ?? rows;
    return {
      name: full,
      label: meant.label,
      value,
      unit: isUnit(meant.unit) ? meant.unit : 'score',
      direction: isDirection(meant.direction) ? meant.direction : 'neutral',
      scope,
      task,
      ...(hardware === undefined ? {} : { hardware }),
      ...(digest === undefined ? {} : { datasetDigest: digest }),
      ...(dataset === undefined ? {} : { dataset }),
      ...(n === undefined ? {} : { n }),
    };
  }
  const meaning = knownMeaning(name) ?? { label: name, unit: 'score' as const, direction: 'neutral' as const };
  return { name: full, value, scope, ...meaning };
}

/** Contexts as others wrote them: what is no context is passed over, and its figures stand without. */
function readContexts(properties: ModelVersion['customProperties']): Context[] {
  return Object.entries(properties).flatMap(([key, text]) => {
    const parts = /^context\.(baseline|custom)\.(?:([^.]+)\.)?([^.]+)$/.exec(
      key.startsWith(keyPrefix) ? key.slice(keyPrefix.length) : '',
    );
    if (parts === null || typeof text !== 'string') return [];
    const content = asContext(text);
    if (content === undefined) return [];
    return [{ scope: parts[1] as Context['scope'], useCase: parts[2], content }];
  });
}

function asContext(text: string): FigureContext | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value['task'] !== 'string' || !isRecord(value['figures'])) return undefined;
  const figures: Record<string, FigureContext['figures'][string]> = {};
  for (const [name, meaning] of Object.entries(value['figures'])) {
    if (!isRecord(meaning)) continue;
    const { label, unit, direction, n } = meaning;
    figures[name] = {
      label: typeof label === 'string' ? label : name,
      unit: typeof unit === 'string' ? unit : 'score',
      direction: typeof direction === 'string' ? direction : 'neutral',
      ...(Number.isSafeInteger(n) ? { n: Number(n) } : {}),
    };
  }
  const { task, run, dataset, digest, rows, hardware } = value;
  return {
    task,
    run: typeof run === 'string' ? run : '',
    figures,
    ...(typeof dataset === 'string' ? { dataset } : {}),
    ...(typeof digest === 'string' ? { digest } : {}),
    ...(Number.isSafeInteger(rows) ? { rows: Number(rows) } : {}),
    ...(typeof hardware === 'string' ? { hardware } : {}),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isUnit(text: string): text is Unit {
  return ['ratio', 'points', 'score', 'ms', 'tokens', 'USD', 'count'].includes(text);
}

function isDirection(text: string): text is HeadlineFigure['direction'] {
  return text === 'higher' || text === 'lower' || text === 'neutral';
}
