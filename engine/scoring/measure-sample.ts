import type { SampleDetails } from '../../schemas/generated/messages.ts';
import type { MeasuredSample, Measurement } from '../metrics/measure.ts';
import type { Metric } from '../metrics/metric.ts';
import type { MeasureSession } from './measure-session.ts';

/** What measuring added to a sample. */
export interface Measured {
  readonly scores: Readonly<Record<string, number>>;
  readonly details: Pick<SampleDetails, 'measured' | 'unmeasured' | 'measuringCost'>;
  /** What ends the run, such as a passed budget or an abort; metrics it kept from measuring have neither score nor failure. */
  readonly stopped?: { readonly reason: unknown };
}

const longestFailure = 1000;
/** Characters of a metric's details that are kept with a sample. */
const longestDetails = 20_000;

/** Measures a sample by every metric at once and merges what they bring. Never rejects. */
export async function measureSample(
  sample: MeasuredSample,
  metrics: readonly Metric[],
  session: MeasureSession,
  signal: AbortSignal,
): Promise<Measured> {
  return measureBy(metrics, metric => {
    if (metric.measure === undefined) throw new Error(`The metric ${metric.id} measures nothing.`);
    return metric.measure(sample, session.toolsFor(metric), signal);
  });
}

/** Merges what `measure` brings for each metric. Never rejects. */
export async function measureBy(
  metrics: readonly Metric[],
  measure: (metric: Metric) => Promise<Measurement>,
): Promise<Measured> {
  const outcomes = await Promise.allSettled(metrics.map(async metric => measure(metric)));
  const scores: Record<string, number> = {};
  const measured: Record<string, Record<string, unknown>> = {};
  const unmeasured: Record<string, string> = {};
  let cost: number | undefined;
  let stopped: Measured['stopped'];
  outcomes.forEach((outcome, index) => {
    const id = metrics[index]?.id ?? '';
    if (outcome.status === 'rejected') {
      stopped ??= { reason: outcome.reason };
      return;
    }
    const measurement = outcome.value;
    const foreign = takeScores(id, measurement, scores);
    const failure = measurement.failure ?? foreign;
    if (failure !== undefined) unmeasured[id] = failure.slice(0, longestFailure);
    if (measurement.details !== undefined) measured[id] = bound(measurement.details);
    if (measurement.cost !== undefined) cost = (cost ?? 0) + measurement.cost;
  });
  return {
    scores,
    details: {
      ...(Object.keys(measured).length === 0 ? {} : { measured }),
      ...(Object.keys(unmeasured).length === 0 ? {} : { unmeasured }),
      ...(cost === undefined ? {} : { measuringCost: cost }),
    },
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** Takes the finite scores under the metric's own keys; tells what was left out. */
function takeScores(id: string, { scores }: Measurement, into: Record<string, number>): string | undefined {
  const bad: string[] = [];
  for (const [key, score] of Object.entries(scores)) {
    if (Number.isFinite(score) && (key === id || key.startsWith(`${id}.`))) into[key] = score;
    else bad.push(`${key} = ${String(score)}`);
  }
  return bad.length === 0 ? undefined : `No score: ${bad.join(', ')}.`;
}

function bound(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(details);
  return text.length <= longestDetails ? { ...details } : { shortened: text.slice(0, longestDetails) };
}

/** The sample's details with what was measured; earlier failures of metrics that have now measured are dropped. */
export function mergeDetails(
  before: SampleDetails | undefined,
  metrics: readonly Metric[],
  { scores, details }: Measured,
): SampleDetails | undefined {
  const { measured: told, unmeasured: lacking, measuringCost: paid, ...others } = before ?? {};
  const measured = { ...told, ...details.measured };
  const unmeasured: Record<string, string> = { ...lacking };
  for (const { id } of metrics) if (scores[id] !== undefined) Reflect.deleteProperty(unmeasured, id);
  Object.assign(unmeasured, details.unmeasured);
  const cost = (paid ?? 0) + (details.measuringCost ?? 0);
  const merged: SampleDetails = {
    ...others,
    ...(Object.keys(measured).length === 0 ? {} : { measured }),
    ...(Object.keys(unmeasured).length === 0 ? {} : { unmeasured }),
    ...(paid === undefined && details.measuringCost === undefined ? {} : { measuringCost: cost }),
  };
  return Object.keys(merged).length === 0 ? undefined : merged;
}
