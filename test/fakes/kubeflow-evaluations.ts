import assert from 'node:assert/strict';
import type { Artifact } from '../../schemas/generated/messages.ts';
import type { KubeflowSubject } from './kubeflow-cases.ts';
import { ada, newFigure, newVersion } from './registry-contract.ts';

const never = new AbortController().signal;

/** How evaluations on a team's own data are kept; call it inside `describe`. */
export function itKeepsEvaluations(open: () => Promise<KubeflowSubject> | KubeflowSubject): void {
  let count = 0;
  const unique = (): string => `evaluated-${Date.now().toString(36)}-${(count += 1)}`;

  async function runsOf({ ask }: KubeflowSubject, model: string): Promise<readonly Record<string, unknown>[]> {
    const experiment = await ask('GET', `/experiment?name=${encodeURIComponent(`aiw/${model}`)}`);
    const { items } = await ask('GET', `/experiments/${String(experiment['id'])}/experiment_runs?pageSize=100`);
    return items as readonly Record<string, unknown>[];
  }

  it('writes each evaluation once, as a finished run with its figures, settings, rows and raw results', async () => {
    const subject = await open();
    const { registry, ask } = subject;
    const name = unique();
    const { version, id } = await registry.createVersion(newVersion(name, 'a', runOf(name)), { name }, ada);
    const [settings, figures] = evaluation(`run ${name}`);
    await registry.addArtifacts(name, version, settings, ada);
    await registry.addArtifacts(name, version, [...figures, newFigure('baseline', 0.5)], ada);
    await registry.addArtifacts(name, version, [...settings, ...figures], ada);
    const [run, ...others] = await runsOf(subject, name);
    assert.equal(others.length, 0);
    assert.equal(run?.['status'], 'FINISHED');
    assert.equal(run['startTimeSinceEpoch'], '1700000000000');
    assert.equal(run['endTimeSinceEpoch'], '1700000005000');
    const said = Object.entries(run['customProperties'] as Record<string, { string_value?: string }>);
    const properties = Object.fromEntries(said.map(([key, value]) => [key, value.string_value]));
    assert.deepEqual(
      ['aiw.run_id', 'aiw.scope', 'aiw.use_case', 'aiw.model', 'aiw.model_version_id'].map(key => properties[key]),
      [`run ${name}`, 'custom', 'claims', name, id],
    );
    const { items } = await ask('GET', `/experiment_runs/${String(run['id'])}/artifacts?pageSize=100`);
    const kinds = (items as readonly Record<string, unknown>[]).map(one => String(one['artifactType'])).sort();
    assert.deepEqual(kinds, ['dataset-artifact', 'doc-artifact', 'metric', 'metric', 'parameter']);
    // With the version it all stands too, and once only.
    const whole = await registry.readVersion(name, version, never);
    assert.equal(whole.artifacts.length, settings.length + figures.length + 1);
    assert.deepEqual(whole.artifacts, await registry.listArtifacts(name, version, never));
  });

  it('makes no run of baselines', async () => {
    const subject = await open();
    const { registry } = subject;
    const name = unique();
    const made = newVersion(name, 'a', { ...runOf(name), artifacts: [newFigure('accuracy', 0.5)] });
    await registry.createVersion(made, { name }, ada);
    await assert.rejects(runsOf(subject, name));
  });

  it('reads what others measured of a version and finished, and nothing that is still under way', async () => {
    const { registry, ask } = await open();
    const name = unique();
    const { version, id } = await registry.createVersion(newVersion(name, 'a', runOf(name)), { name }, ada);
    const experiment = await ask('POST', '/experiments', { name: unique() });
    const text = (value: string) => ({ metadataType: 'MetadataStringValue', string_value: value });
    const run = await ask('POST', '/experiment_runs', {
      ...{ name: unique(), experimentId: experiment['id'], status: 'RUNNING' },
      customProperties: { 'aiw.model_version_id': text(id ?? ''), 'aiw.use_case': text('claims') },
    });
    const place = `/experiment_runs/${String(run['id'])}`;
    await ask('POST', `${place}/artifacts`, {
      ...{ artifactType: 'metric', name: 'accuracy', value: 0.75, timestamp: '1700000000000' },
    });
    assert.equal((await registry.readVersion(name, version, never)).artifacts.length, 0);
    await ask('PATCH', place, { status: 'FINISHED' });
    const [figure, ...others] = (await registry.readVersion(name, version, never)).artifacts;
    assert.equal(others.length, 0);
    assert.ok(figure?.artifactType === 'metric');
    assert.deepEqual(
      [figure.name, figure.value, figure.scope, figure.useCase, figure.runId, figure.customProperties],
      [`run-${String(run['id'])}/accuracy`, 0.75, 'custom', 'claims', `run-${String(run['id'])}`, undefined],
    );
    assert.equal((await registry.listArtifacts(name, version, never)).length, 0);
  });
}

/** Settings and such, then figures, as the hand-off adds them. */
function evaluation(runId: string): readonly [readonly Artifact[], readonly Artifact[]] {
  const figure = (metric: string, value: number, at: number): Artifact => ({
    ...newFigure(metric, value),
    ...{
      name: `${runId}/core/${metric}`,
      runId,
      scope: 'custom',
      useCase: 'claims',
      timestamp: 1_700_000_000_000 + at,
    },
  });
  return [
    [
      { artifactType: 'parameter', name: `${runId}/seed`, value: 7, runId },
      {
        artifactType: 'dataset-artifact',
        name: `${runId}/core`,
        digest: 'f'.repeat(64),
        rows: 9,
        runId,
        private: true,
      },
      { artifactType: 'doc-artifact', name: `${runId}/results`, uri: 's3://results/run.json', runId },
    ],
    [figure('accuracy', 0.5, 0), figure('f_1', 0.25, 5000)],
  ];
}

function runOf(runId: string) {
  return { lineage: { datasets: [], prompts: [], runId } };
}
