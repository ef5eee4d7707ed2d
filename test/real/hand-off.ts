import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ModelPage, VersionDetails } from '../../schemas/generated/messages.ts';
import { copyExamples, people, runAiwb, type Finished } from '../cli/aiwb.ts';
import { freePort } from './free-port.ts';
import type { Checks } from './main.ts';
import { startModelRegistry } from './model-registry.ts';
import { pythonWith, startServer } from './server.ts';

const model = 'ticket-triage';

/**
 * The hand-off as two teams do it at their terminals, over a real Kubeflow Model Registry and a real MLflow: ModelOps publishes a model in
 * production, an engineer elsewhere finds it, measures it on own data, publishes that back and a child of it, and ModelOps takes the
 * model out of production.
 */
export async function checkHandOff({ check }: Checks): Promise<void> {
  const kubeflow = await startModelRegistry();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-'));
  const port = await freePort();
  const mlflow = await startServer(
    [
      ...[pythonWith('mlflow', ['mlflow==3.17.2']), '-m', 'mlflow', 'server', '--host', '127.0.0.1'],
      ...['--port', String(port), '--workers', '1', '--backend-store-uri', `sqlite:///${path.join(folder, 'm.db')}`],
      ...['--artifacts-destination', path.join(folder, 'artifacts')],
    ],
    { url: `http://127.0.0.1:${port}`, ready: '/health' },
  );
  const registries = `\nregistries:\n  shared: {type: kubeflow, url: ${kubeflow.url}}\n  tracking: {type: mlflow, url: ${mlflow.url}}\n`;
  const [operations, engineer] = [openTeam(registries, people.author), openTeam(registries, people.reviewer)];
  try {
    await check(
      'hand-off: ModelOps publishes a version in production to both registries, and nothing twice',
      async () => {
        await operations.does('tune', 'core.tune.yaml');
        await operations.does('tune', 'ticket-triage.tune.yaml');
        for (const aspect of ['core', 'robustness', 'fairness'])
          await operations.does('run', `evaluate-${aspect}.bench.yaml`);
        await operations.does('assess', `${model}@candidate`, '--policy', 'policies/release.policy.yaml');
        await operations.does('registry', 'request-approval', `${model}@1`);
        await operations.doesAs(people.second, 'registry', 'approve', `${model}@1`);
        await operations.doesAs(people.second, 'keys', 'create');
        await operations.doesAs(people.second, 'registry', 'promote', `${model}@1`);
        for (const registry of ['shared', 'tracking', 'shared', 'tracking']) {
          await operations.doesAs(people.second, 'registry', 'publish', `${model}@1`, '--to', registry);
        }
        for (const registry of ['shared', 'tracking']) {
          const { artifacts, version } = await operations.shows(`${registry}/${model}@production`);
          assert.equal(version.status, 'production');
          const names = artifacts.map(({ artifactType, name }) => `${artifactType} ${name}`);
          assert.equal(new Set(names).size, names.length, 'nothing is there twice');
          assert.ok(
            names.some(name => name.includes('promotion-record/')),
            names.join(', '),
          );
        }
      },
    );
    await check('hand-off: the engineer finds it by its figures, without asking again', async () => {
      await engineer.does('registry', 'sync');
      const { stdout } = await engineer.does(
        'registry',
        'list',
        'status:production',
        'triage-core_accuracy>0.5',
        '--json',
      );
      const { models } = JSON.parse(stdout) as ModelPage;
      assert.deepEqual(models.map(({ registry, name }) => `${registry}/${name}`).sort(), [
        `shared/${model}`,
        `tracking/${model}`,
      ]);
    });
    await check(
      'hand-off: pulls it with its weights, measures it on own data and publishes that privately',
      async () => {
        await engineer.does('registry', 'pull', `tracking/${model}@production`);
        engineer.write(
          'own.bench.yaml',
          [
            'name: own-tickets',
            'dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}',
            `models: [registry:tracking/${model}@production, registry:shared/${model}@production, embedded:majority]`,
            'metrics: [exact-match]',
            '',
          ].join('\n'),
        );
        await engineer.does('run', 'own.bench.yaml');
        const { runs } = JSON.parse((await engineer.does('runs', 'list', '--json')).stdout) as {
          runs: { id: string }[];
        };
        const run = runs[0]?.id ?? '';
        for (const registry of ['tracking', 'shared', 'tracking']) {
          await engineer.does('registry', 'publish', run, '--to', registry, '--use-case', 'claims');
        }
        for (const registry of ['tracking', 'shared']) {
          const { artifacts } = await engineer.shows(`${registry}/${model}@1`);
          const own = artifacts.filter(artifact => artifact.artifactType === 'metric' && artifact.runId === run);
          assert.ok(own.length > 0, `${registry} has the figures`);
          assert.equal(new Set(own.map(({ name }) => name)).size, own.length);
          const [dataset] = artifacts.filter(
            artifact => artifact.artifactType === 'dataset-artifact' && artifact.name.startsWith(run),
          );
          assert.ok(dataset?.artifactType === 'dataset-artifact' && dataset.uri === undefined && dataset.rows === 480);
        }
      },
    );
    await check('hand-off: publishes a child that names its parent', async () => {
      const job = readFileSync(path.join(engineer.folder, 'ticket-triage.tune.yaml'), 'utf8')
        .replace(/^name:.*$/m, 'name: claims-tuned')
        .replace(/^base:.*$/m, `base: registry:${model}@1`);
      engineer.write('child.tune.yaml', job);
      await engineer.does('tune', 'child.tune.yaml');
      await engineer.does('registry', 'publish', `${model}@2`, '--to', 'tracking');
      const { version } = await engineer.shows(`tracking/${model}@2`);
      assert.equal(version.status, 'candidate');
      assert.equal(version.lineage.parentVersion, '1');
    });
    await check('hand-off: a step taken here is told to both registries; steps elsewhere are refused', async () => {
      const step = ['registry', 'demote', `${model}@production`, '--reason', 'answers too slowly'];
      await operations.doesAs(people.second, ...step);
      for (const registry of ['shared', 'tracking']) {
        const { version } = await operations.shows(`${registry}/${model}@1`);
        assert.equal(version.status, 'baseline');
        assert.equal(version.aliases.includes('production'), false);
      }
      const refused = await engineer.tries('registry', 'promote', `shared/${model}@1`);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /local versions alone/);
    });
  } finally {
    operations.remove();
    engineer.remove();
    await mlflow.stop();
    await kubeflow.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A team's copy of the sample workspace, with the registries, and whoever works there. */
function openTeam(registries: string, person: NodeJS.ProcessEnv) {
  const { folder, remove } = copyExamples();
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write('workbench.yaml', readFileSync(path.join(folder, 'workbench.yaml'), 'utf8') + registries);
  const tries = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: folder, env: person });
  const doesAs = async (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Finished> => {
    const finished = await runAiwb(args, { cwd: folder, env });
    assert.equal(finished.code, 0, `aiwb ${args.join(' ')}: ${finished.stderr}${finished.stdout.slice(-500)}`);
    return finished;
  };
  return {
    folder,
    remove,
    write,
    tries,
    doesAs,
    does: (...args: string[]) => doesAs(person, ...args),
    shows: async (reference: string) =>
      JSON.parse((await doesAs(person, 'registry', 'show', reference, '--json')).stdout) as VersionDetails,
  };
}
