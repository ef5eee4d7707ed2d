import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Checks } from './main.ts';

/** What a change leaves of both times of change: MLflow is read whole because of those that move neither. */
export async function checkTimes(url: string, check: Checks['check']): Promise<void> {
  const ask = async (method: string, path: string, body: Readonly<Record<string, unknown>>) => {
    const query = method === 'GET' ? `?${new URLSearchParams(body as Record<string, string>).toString()}` : '';
    const init =
      method === 'GET' ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}/api/2.0/mlflow${path}${query}`, { method, ...init });
    assert.ok(response.ok, `${path}: ${await response.clone().text()}`);
    return (await response.json()) as Record<string, Record<string, unknown>>;
  };
  const name = 'times';
  const one = { name, version: '1' };
  const tag = { key: 'aiw.status', value: 'approved' };
  await ask('POST', '/registered-models/create', { name });
  const { run } = await ask('POST', '/runs/create', { experiment_id: '0' });
  const { run_id: runId } = run?.['info'] as { run_id: string };
  await ask('POST', '/model-versions/create', { name, source: 's3://models/weights', run_id: runId });
  const times = async () => {
    const { registered_model: model } = await ask('GET', '/registered-models/get', { name });
    const { model_version: version } = await ask('GET', '/model-versions/get', one);
    return [model?.['last_updated_timestamp'], version?.['last_updated_timestamp']];
  };
  const measured = { run_id: runId, key: 'accuracy', value: 0.5, timestamp: 1 };
  const changes: readonly [what: string, change: Parameters<typeof ask>, moves: readonly ('model' | 'version')[]][] = [
    ['a tag of a model is set', ['POST', '/registered-models/set-tag', { name, ...tag }], []],
    ['a tag of a model is removed', ['DELETE', '/registered-models/delete-tag', { name, key: tag.key }], []],
    ['a tag of a version is set', ['POST', '/model-versions/set-tag', { ...one, ...tag }], []],
    ['a tag of a version is removed', ['DELETE', '/model-versions/delete-tag', { ...one, key: tag.key }], []],
    ['an alias is set', ['POST', '/registered-models/alias', { ...one, alias: 'champion' }], []],
    ['an alias is removed', ['DELETE', '/registered-models/alias', { name, alias: 'champion' }], []],
    ['a metric of the run is logged', ['POST', '/runs/log-metric', measured], []],
    ['a model is described', ['PATCH', '/registered-models/update', { name, description: 'x' }], ['model']],
    ['a version is described', ['PATCH', '/model-versions/update', { ...one, description: 'x' }], ['version']],
    [
      'a stage is entered',
      ['POST', '/model-versions/transition-stage', { ...one, stage: 'Staging', archive_existing_versions: false }],
      ['model', 'version'],
    ],
    ['a version is made', ['POST', '/model-versions/create', { name, source: 's3://models/others' }], ['model']],
    ['a version is deleted', ['DELETE', '/model-versions/delete', { name, version: '2' }], ['model']],
  ];
  for (const [what, change, moves] of changes) {
    await check(
      `MLflow moves ${moves.length === 0 ? 'no time' : `the time of the ${moves.join(' and the ')}`} when ${what}`,
      async () => {
        const before = await times();
        await delay(5);
        await ask(...change);
        const after = await times();
        const moved = (['model', 'version'] as const).filter((_, at) => after[at] !== before[at]);
        assert.deepEqual(moved, moves);
      },
    );
  }
}
