import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import type { MetricArtifact, ModelVersion } from '../../schemas/generated/messages.ts';
import { loadName } from './figure-names.ts';
import { readContext, summarise } from './summary.ts';

type Properties = ModelVersion['customProperties'];
const now = 1_800_000_000_000;
const ports = { now, digest: createDigest() };

function figure(changes: Partial<MetricArtifact> = {}): MetricArtifact {
  const { runId = 'run-1', task = 'core', metric = 'accuracy' } = changes;
  return {
    artifactType: 'metric',
    name: `${runId}/${task}/${metric}`,
    metric,
    label: metric,
    value: 0.5,
    unit: 'ratio',
    direction: 'higher',
    runId,
    task,
    scope: 'baseline',
    timestamp: now - 1000,
    datasetDigest: 'rows',
    n: 100,
    ...changes,
  };
}

function apply(properties: Properties, artifacts: readonly MetricArtifact[]): Properties {
  const changed = Object.entries({ ...properties, ...summarise(artifacts, properties, ports) });
  return Object.fromEntries(changed.filter((pair): pair is [string, string | number] => pair[1] !== undefined));
}

describe('summing figures up', () => {
  it("calls a load's figures as the Kubeflow catalog does", () => {
    assert.equal(loadName('time-to-first-token.p90'), 'ttft_p90');
    assert.equal(loadName('latency.mean'), 'e2e_mean');
    assert.equal(loadName('inter-token-latency.p99'), 'itl_p99');
    assert.equal(loadName('requests-per-second.mean'), 'requests_per_second');
    assert.equal(loadName('accuracy'), undefined);
    assert.equal(loadName('constructor.mean'), undefined);
  });

  it('changes nothing the second time', () => {
    const artifacts = [figure(), figure({ metric: 'latency.p90', unit: 'ms', direction: 'lower', value: 80 })];
    const once = apply({}, artifacts);
    assert.deepEqual(summarise(artifacts, once, ports), {});
    assert.equal(once['aiw.baseline.core_accuracy'], 0.5);
    assert.equal(once['aiw.baseline.e2e_p90'], 80);
  });

  it('gives a name to one task only, the first that took it', () => {
    const first = figure({ task: 'one', metric: 'latency.p90', value: 80, unit: 'ms', direction: 'lower' });
    const second = figure({ task: 'two', metric: 'latency.p90', value: 90, unit: 'ms', direction: 'lower' });
    const both = apply(apply({}, [first]), [second]);
    assert.equal(both['aiw.baseline.e2e_p90'], 80);
    assert.equal(both['aiw.baseline.two_e2e_p90'], 90);
    assert.deepEqual(apply(both, [first, second]), both);
  });

  it('lets the newer run of a task stand, and drops figures it no longer has', () => {
    const older = [figure({ value: 0.4 }), figure({ metric: 'f1', value: 0.3 })];
    const newer = [figure({ runId: 'run-2', value: 0.6, timestamp: now - 10 })];
    const both = apply(apply({}, older), newer);
    assert.equal(both['aiw.baseline.core_accuracy'], 0.6);
    assert.equal('aiw.baseline.core_f1' in both, false);
    assert.deepEqual(apply(both, older), both);
  });

  it("does not believe another machine's clock that is ahead", () => {
    const ahead = apply({}, [figure({ timestamp: now + 365 * 86_400_000, value: 0.1 })]);
    const after = apply(ahead, [figure({ runId: 'run-2', value: 0.6 })]);
    assert.equal(after['aiw.baseline.core_accuracy'], 0.6);
  });

  it('averages what the tasks are judged by, and tells averages over other rows apart', () => {
    const one = apply({}, [figure({ task: 'a', value: 0.4 }), figure({ task: 'b', value: 0.8 })]);
    assert.ok(Math.abs(Number(one['aiw.baseline.overall_average']) - 0.6) < 1e-12);
    const other = apply({}, [figure({ task: 'a', value: 0.4 }), figure({ task: 'b', value: 0.8, datasetDigest: 'x' })]);
    const digestOf = (properties: Properties) => readContext(properties['aiw.context.baseline.overall'])?.digest;
    assert.notEqual(digestOf(one), undefined);
    assert.notEqual(digestOf(one), digestOf(other));
  });

  it('reads contexts that somebody else wrote without trusting them', () => {
    for (const text of ['', '{', '[]', '{"task":1}', '{"task":"a","run":"b","figures":null}', 7, true])
      assert.equal(readContext(text), undefined);
    const broken: Properties = { 'aiw.context.baseline.core': '{"task":"core","run":"x","figures":7}' };
    assert.equal(apply(broken, [figure()])['aiw.baseline.core_accuracy'], 0.5);
  });
});
